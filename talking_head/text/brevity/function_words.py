"""English words that tell nothing by themselves, that cannot stand at an end, and before which a sentence can end."""

from __future__ import annotations

_CONTENT_FREE = """
a an the this that these those it its he she they them his her their we us our i me my you your yours is are was were am be
been being do does did has have had can could will would may might must shall should of in on at by for from with to into
about as than and or but so if when while because not no yes very too also just only really quite more most some any each
every all both there here what which who whom whose where why how then one ones thing things kind sort called named usually
often always mostly generally please well someone something somebody i'm it's that's he's she's you're they're they'll don't
like such known s m re
"""
_HANGING = """
a an the this that these those my your his her its our their some any no every each of in on at by for from with to into about
as than and or but so if when while because is are was were am be been being do does did has have had will would can could
should may might must not very too more most i you he she it we they who which what where how whose such like between through
during after before over under
"""
_LINKS = """
that which who where when while because and but or so if with for of in on at by from to into about as than like through
during after before over under between without until
"""
_NUMBERS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million monday tuesday wednesday thursday
friday saturday sunday noon midnight
"""
CONTENT_FREE = frozenset(_CONTENT_FREE.split())
HANGING = frozenset(_HANGING.split())
LINKS = frozenset(_LINKS.split())
NUMBERS = frozenset(_NUMBERS.split())
