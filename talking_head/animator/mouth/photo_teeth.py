"""The teeth that a portrait's own photo shows, worn by who is shown.

A photo shows what a smile shows: the row as far as lip and lip leave it open, and mostly no lower one. What it does not show
are the standard rows, in its colour.
"""

from __future__ import annotations

from talking_head.animator.mouth.teeth_layers import OwnInterior, first_tooth, last_tooth, own_interior, row_edge
from talking_head.animator.mouth.worn_teeth import LOWEST_EDGE, joined, without_specks
from talking_head.animator.warp.animator import WarpAvatar

_LEAST = 0.045  # face units, 4 mm: of a row of which a photo shows less, what it shows is a strip of no use


def photo_teeth(avatar: WarpAvatar, standard: OwnInterior) -> OwnInterior | None:
    """An interior with the teeth that ``avatar``'s photo shows over the ``standard`` ones; None where it shows too little."""
    own = own_interior(avatar, standard, least=_LEAST)
    if own is None:
        return None
    own.upper, own.lower = without_specks(own.upper), joined(own.lower)
    own.edges = row_edge(own.upper, last_tooth), row_edge(own.lower, first_tooth)
    _hang(own)
    return own


def _hang(own: OwnInterior) -> None:
    """Lower an upper row whose edge hangs higher than standard rows do: a smile lifts the lip, where it rests is a guess then,
    and a row too high leaves a mouth that speaks to the lower one."""
    own.upper_map = own.upper_map.copy()
    own.upper_map[1, 2] += max(LOWEST_EDGE - own.tip, 0.0)
