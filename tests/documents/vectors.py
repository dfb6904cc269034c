"""Ways to make a renderer fetch something; each takes an address."""

from __future__ import annotations

VECTORS = (
    '<img src="{0}">',
    '<img srcset="{0} 1x">',
    '<picture><source srcset="{0}"><img src="{0}"></picture>',
    '<link rel="stylesheet" href="{0}">',
    '<link rel="attachment" href="{0}">',
    '<a rel="attachment" href="{0}">x</a>',
    '<object data="{0}"></object>',
    '<embed src="{0}">',
    '<input type="image" src="{0}">',
    "<style>@import url({0});</style>",
    '<style>@font-face {{ font-family: "x"; src: url({0}); }} p {{ font-family: "x"; }}</style><p>x</p>',
    "<style>p {{ background: url({0}); }}</style><p>x</p>",
    '<p style="background-image: url({0})">x</p>',
    '<p style="content: url({0})">x</p>',
    "<style>p::before {{ content: url({0}); }}</style><p>x</p>",
    '<ul style="list-style-image: url({0})"><li>x</li></ul>',
    '<p style="border-image: url({0}) 1">x</p>',
    '<p style="mask-image: url({0})">x</p>',
    "<style>@page {{ background: url({0}); }}</style>",
    "<style>@page {{ @top-left {{ content: url({0}); }} }}</style>",
    "<style>@color-profile --x {{ src: url({0}); }}</style>",
    '<svg width="9" height="9"><image href="{0}" width="9" height="9"/></svg>',
    '<svg width="9" height="9"><use href="{0}#x"/></svg>',
    '<svg width="9" height="9"><style>@import url({0});</style><rect width="9" height="9"/></svg>',
)
