"""Numbers that the warp on the CPU and its batched twin on the device share. Imports nothing."""

from __future__ import annotations

GAZE_REACH = 0.12  # of the eye's width: farther, the continued white would show
STRIP = 0.11  # of the eye's width: the lid's edge with its lashes, which moves as a body
FOLD, FOLD_RAMP = 1.10, 0.45  # of the way to the brow: where unrolled skin begins above an open lid, and over what it fades
FALL, FALL_RAMP = 0.05, 0.10  # of the eye's width that a lid falls: from where on its crease unrolls, and over what
# Skin unrolls beyond the corners of the eye, the outer and the inner one, by so much of its width; over what it fades: slowly
# towards the nose, whose shadow the lid shares.
BESIDE_OUTER, BESIDE_INNER = 0.22, 0.12
BESIDE_OUTER_RAMP, BESIDE_INNER_RAMP = 0.18, 0.35
LASH_FROM, LASH_TO = 0.30, 0.90  # of the strip: where unrolled skin ends above the lashes, from none of it to all
# Below the seam of a shut eye skin hides the wet rim and its glints: over what of the eye's width it comes up, how far it
# reaches, over what it fades.
RIM_EDGE, RIM, RIM_RAMP = 0.03, 0.15, 0.10
TOUCH = 0.08  # of the eye's width: lids that are nearer to each other than this begin to make one line
LASHES, LASH_WIDTH = 0.22, 0.022  # darkness of the line of closed lashes; its width in eye widths
LOWER_EDGE = 0.004  # face units below the rest lip line: where the lower row of teeth ends above
# Teeth in the shade of the lips are lit through and off them: green and blue lose this share more of what the shade takes.
REDDER = 0.40
SLIT = 0.057  # units, between lips as they are seen: they shade all of an opening that is narrower
# The upper row is the first to be seen: in a mouth whose upper lip covers it, the lower one is in its shade, lit in full where
# so many face units of the upper one show.
UPPER_FIRST = 0.016
# Lower teeth sit nearer to the hinge than the chin does: of its fall they take this share. In 78 frames of four real clips in
# which a lower row shows, its edge falls by 0.6 to 0.7 of what the chin does.
JAW_SHARE = 0.75
INVERSIONS = 5  # steps of a field's inversion
DAMPED = 0.75  # of each of them: a cheek that a turn uncovers is stretched, where whole steps would swing
SPARED = 0.9  # of the net's residual on a row of teeth that is much brighter than the skin, which the net has never seen
# Of its light on the hollow between and behind teeth, on every face: all of it suits the dim mouths that it learned and is a
# fog elsewhere, a tenth of it makes those too crisp (sharpness 1.3, contrast 1.28), this makes them 1.01 and 1.12.
HOLLOW_SPARED = 0.4
# Of what it would darken teeth by in a sharp photo, none of it in one of this softness: it has learned from soft and dim ones.
DIM_SPARED, DIM_SOFT = 0.9, 1.0
BRIGHT_FROM, BRIGHT_RAMP = 0.85, 0.17  # of the skin's level: from where on a row is so bright
TOOTH_FROM, TOOTH_RAMP = 0.40, 0.30  # of their own level: from where on a pixel is tooth
# The tongue, in face units below the rest lip line, of the lower jaw: where its back lies; of the upper one: the ridge that its
# raised tip touches, hidden by the upper teeth. Width of the tip.
TONGUE_BACK, TONGUE_RIDGE, TONGUE_TIP = LOWER_EDGE - 0.028, 0.004, 0.13
# The tip between the teeth: how far down its rim lies, in and (more) out, its top under the upper teeth, half its width, its
# thickness.
TIP_EDGE, TIP_OUT, TIP_TOP, TIP_REACH, TIP_HIGH = LOWER_EDGE - 0.008, 0.030, 0.006, 0.14, 0.06
# The furrow along its middle: how much darker, and in a raised tip; half its width. Deeper and narrower it was a black bar
# behind the lower incisors.
FURROW, FURROW_RAISED, FURROW_WIDE = 0.10, 0.02, 0.020
# A pout: from where on a mouth is narrower than at rest, and over what it is whole. Its lights: the landmarks in whose middle
# each lies, face units below, half its width in mouths, half its height in units, how much lighter. The colours' shares of it.
POUT_FROM, POUT_RAMP = 0.03, 0.12
POUT_LIGHTS = (
    ((17,), 0.045, 0.32, 0.035, -0.18),
    ((14, 17), 0.0, 0.22, 0.022, 0.12),
    ((0, 13), 0.0, 0.20, 0.018, 0.07),
    ((13, 14), 0.0, 0.30, 0.040, -0.35),  # a ring of lips leaves less light inside
)
POUT_TINT = (0.8, 1.05, 1.15)
# The lower lip rolls up as a mouth opens: by what share of the gap, and at most how many face units; of the line between shut
# lips so much goes out of sight, all of it in a mouth that is open so far; below the edge the lip is stretched over so much.
LIP_SHARE, LIP_RISE, LIP_LINE, LIP_OPEN, LIP_REACH = 0.18, 0.020, 0.010, 0.03, 0.09
# The thread beyond the corners of an open mouth: side of the patch around a corner in face units and in pixels, by how much
# farther than in the photo lips part (units) when it begins to be lit and over what, and what share of it is.
CORNER_SIDE, CORNER_PIXELS, CORNER_FROM, CORNER_RAMP, CORNER_LIT = 0.26, 52, 0.012, 0.045, 0.75
