"""The table of clauses: what each kind of clause looks like; questions (``?``) are in ``questions.py``.

A pattern is a regular expression over the plain words (``plain.py``) with names between ``<`` and ``>``: ``<n>`` and ``<m>``
are numbers, ``<f>`` a fraction, ``<noun>`` up to three words, ``<clock>`` and ``<until>`` times of day; ``<MONEY>`` and its
like are words of ``vocabulary.py``, ``<unit:MONEY>`` such a word that is kept as ``unit``.
"""

from __future__ import annotations

import re

from talking_head.tools.story.questions import QUESTIONS
from talking_head.tools.story.vocabulary import WORDS

_KEPT = {
    "n": r"(?P<n>\d+(?:\.\d+)?)",
    "m": r"(?P<m>\d+(?:\.\d+)?)",
    "f": r"(?P<f>[1-9]/[1-9])",
    "noun": f"(?P<noun>{WORDS['NOUN']})",
    "clock": r"(?P<clock>@\d+\??)",
    "until": r"(?P<until>@\d+\??)",
}

_STATEMENTS: tuple[tuple[str, str], ...] = (
    # How many there are, more and fewer of them
    ("have", r"(?:<who:WHO> <HAVE>(?: only| exactly)?|there (?:are|were|is|was)) <n>(?: <noun>)?<PLACE>"),
    ("have", r"<n> <noun>(?: (?:on|in) (?:<ARTICLE> )?<NOUN>)?"),
    ("gain", r"(?:<who:WHO> )?<GAIN>(?: another)? <n>(?: more)?(?: <noun>)?<PLACE>"),
    ("gain", r"<whom:WHO> (?:then |later )?(?:gives?|gave|lends?|lent|sends?|sent) (?:me|us) <n>(?: more)?(?: <noun>)?"),
    ("have", r"(?:there (?:are|were) )?<n> <noun> <STATE><PLACE>"),
    ("gain", r"(?:another )?<n>(?: more| others| new ones| new)?(?: <noun>)? <COME><PLACE>"),
    (
        "lose",
        r"(?:<who:WHO> )?(?:then )?<LOSE>(?: (?!me\b|us\b)(?:him|her|them|<WORD>))? <n>(?: of (?:them|those))?(?: "
        r"<noun>)?<PLACE>",
    ),
    ("lose", r"(?:then )?<n>(?: of (?:them|those))?(?: <noun>)? <GO><PLACE>(?: so far)?"),
    ("part", r"<f> of (?:them|those|(?:the|my|our|these) <noun>)(?: (?:are|is|were|have) <word:WORD>)"),
    ("part of", r"<f> of (?:the|my|our|these) <n> <noun>(?: (?:in|on|at) <ARTICLE> <WORD>)? (?:are|is|were) <word:WORD>"),
    ("part of", r"(?:out )?of (?:the |my |our |these )?<n> <noun>(?: ,)? <f> (?:are|is|were) <word:WORD>"),
    ("have", r"<n> <noun> (?:went|go|are|were|have gone|left) out(?: at (?:<clock>|\d{1,2})| <DAY>|<PLACE>)"),
    (
        "of them",
        r"<m>(?: <noun>)? (?:are|is|came|come|have come|were brought)(?: <NOUN>)? (?P<word>back)(?: again)?(?: <DAY>| so far)?",
    ),
    ("of them", r"<m> of (?:them|those|these) <BE><word:DOING>"),
    ("now", r"(?:now )?(?:there are|there is|<WHO> (?:have|has))(?: now)? <n>(?: <noun>)?(?: (?:now|left))?(?: in it|<PLACE>)"),
    ("room", r"(?:the|my|our) <noun> (?:holds?|takes?|seats?|has room for) <n>(?: <unit:NOUN>)?"),
    ("have", r"(?:an?|the|my|our|this) <WORD> has <n> <noun>"),
    ("lose", r"(?:<who:WHO> )?have (?:read|used|eaten|sold|done|solved|watched|drunk) <n>(?: of (?:them|those))?(?: <noun>)?"),
    ("a day", r"<DAY> <who:WHO> (?:<WORD>|have|had) <n> <noun>"),
    ("a day", r"<who:WHO> (?:<WORD>|have|had) <n> <noun> <DAY>"),
    ("a day", r"<n>(?: <noun>)? <DAY>"),
    ("a day", r"<DAY>(?: <who:WHO> <WORD>)? <n>(?: <noun>)?"),
    ("out of", r"(?:out )?of (?:the |my |our |these )?<n> <noun>(?: ,)? <m> <BE><word:DOING>"),
    ("rest", r"(?:all )?the (?:rest|others?) <BE><word:DOING>"),
    (
        "done",
        r"<who:WHO> (?:(?:have|has|had) )?(?P<word><DONE>|ate|took|drank|sang|broke|gave away) <m> of "
        r"(?:the |my |our |his |her |these )?<n> <noun>",
    ),
    ("have", r"(?:(?:i|we) )?have <n>"),
    ("times as many", r"<who:WHO> (?:has|have|had) (?:(?P<word>twice)|<n> times) as (?:many|much) <noun> as <whom:WHO>"),
    ("more than", r"<who:WHO> (?:has|have|had) <n> (?P<word>more|fewer|less)(?: <noun>)? than <whom:WHO>"),
    ("more than", r"<who:WHO> (?:has|have|had) <n> (?P<word>more|fewer|less)(?: <noun>)? than (?P<whom>him|her|them)"),
    ("need", r"(?:i|we) (?:need|want|have|expect|am expecting|are expecting|invite|invited) <n> <noun>"),
    ("need", r"(?:i|we) need <n>"),
    (
        "lose each",
        r"(?:<who:WHO> )?(?:then )?(?:buys?|bought|gets?|got|orders?|ordered) <n> <other:NOUN> (?:for|at) <m>"
        r"(?: <noun:MONEY>)? each",
    ),
    ("lose", r"(?:<who:WHO> )?(?:buys?|bought|gets?|got) (?:an?|some|the) <WORD> for <n>(?: <noun:MONEY>)?"),
    ("have", r"<WHO> (?:is|was) cut (?:in|into) <n> <noun>"),
    ("have", r"<who:WE> (?:were|are) <n>"),
    ("lose", r"an? <WORD> for <n>(?: <noun:MONEY>)?"),
    ("lose part", r"<f> of (?:them|those|it|(?:the|my|our) <noun>) <GO><PLACE>"),
    ("lose part", r"(?:<who:WHO> )?<LOSE> <f>(?: of (?:it|them|that|those|(?:the|my|our) <noun>))?<PLACE>"),
    # Prices
    ("line", r"(?:an?|the) <noun> (?:for|at) <m> <unit:MONEY>"),
    ("rate", r"there are <n> <unit:NOUN> in (?:an?|each|every|1) <noun>"),
    (
        "line",
        r"(?:<WHO> (?:buy|bought|take|want|order|ordered|need|have|had|get|sell|sold|<PLAN>|<SHALL>) )?<n> <noun> "
        r"(?:at|for|cost|costing|are|of) <m>(?: <unit:MONEY>)? <EACH>",
    ),
    (
        "line",
        r"(?:<WHO> (?:buy|bought|take|want|order|ordered|need|have|had|get|sell|sold|<PLAN>|<SHALL>) )?<n> <noun> "
        r"at <m>(?: <unit:MONEY>)?",
    ),
    ("line more", r"(?:another )?<n> (?:at|for) <m>(?: <unit:MONEY>)?(?: each)?"),
    (
        "rate",
        r"(?:each|every|an?|1) <noun> (?:costs?|is|has|contains?|weighs?|makes?|needs?|feeds?|serves?|charges) <n>"
        r"(?: <unit:NOUN>)?",
    ),
    ("rate", r"(?:each|every|an?|1) <noun> (?P<word>holds?|takes?|seats?|carries|fits) <n>(?: <unit:NOUN>)?"),
    (
        "rate",
        r"(?:<WHO> )?(?P<word>puts?|sticks?|plants?|packs?|hangs?) <n>(?: <unit:NOUN>)? (?:on|in|into|onto) "
        r"(?:each|every|an?|1) <noun>",
    ),
    ("rate", r"(?:<WHO> )?(?P<word>packs?|puts?|sorts?) (?:them|those|these) (?:in|into) <noun> of <n>"),
    ("rate", r"<unit:NOUN> (?P<word>come|are sold|are packed) in <noun> of <n>"),
    ("rate", r"<n>(?: <unit:NOUN>)? (?P<word>in|on|into|onto|at|to) (?:each|every|an?) <noun>"),
    ("rate", r"(?:each|every|an?|1) <noun> of <of:WORD> (?:costs?|is) <n> <unit:MONEY>"),
    ("rate", r"(?:the )?<noun> (?:cost|are) <n>(?: <unit:MONEY>)? each"),
    ("pair", r"<m> <noun>(?: of <of:WORD>)? (?:cost|weigh)s? <n> <unit:AMOUNT>(?: in total| altogether)?"),
    (
        "pair",
        r"(?:an? <WORD>|the <WORD>) (?:for|of|with) <m>(?: <noun>)? (?:costs?|needs?|takes?|is|weighs?) <n> <unit:AMOUNT>"
        r"(?: of <WORD>)?(?: in total| altogether)?",
    ),
    (
        "price",
        r"(?P<who>it|that|something|(?:<ARTICLE> )?<NOUN>)(?: that)?(?: normally| usually)? (?:costs?|is|was) <n> "
        r"<unit:MONEY>(?: in total| altogether)?",
    ),
    ("pair", r"(?:an? <WORD>|the <WORD>) (?:needs?|takes?) <n> <unit:WORD>(?: of <WORD>)? for <m> <noun>"),
    ("price", r"<ARTICLE> <NOUN> costs <n>"),
    ("price", r"<ARTICLE> <NOUN> (?:is|was) (?P<n>\d+\.\d\d)"),
    ("bill", r"<ARTICLE> (?:rent|wage|salary|pay|bill|pension|price|fee|fare) (?:is|was) <n>(?: <unit:MONEY>)?"),
    ("on top", r"(?:(?:it|<ARTICLE> <WORD>) )?(?:goes|went|is going|will go|rises|rose) up by <n> percent"),
    ("a head", r"(?:it|that|entry|admission|<ARTICLE> <WORD>) (?:is|costs?) <n> <unit:MONEY> (?:a|per) (?:head|person)"),
    ("sold for", r"(?:<WHO> )?sold (?:it|them) for <n>(?: <unit:MONEY>)?"),
    ("price", r"(?:the )?bill (?:is|was|comes to) <n>(?: <unit:MONEY>)?"),
    (
        "off",
        r"(?:(?:is|are|it is|they are|with|now|on sale|for) )*(?:reduced by |with )?(?:an? )?<n> percent (?:off|"
        r"discount|less|cheaper)(?: (?:today|now))?",
    ),
    ("off", r"(?:i|we|you) (?:get|have|receive)(?: an?)? <n> percent (?:off|discount)"),
    ("off", r"(?:(?:is|are|it is|they are|now) )*reduced by (?:<n> percent|<f>)"),
    ("off", r"(?:(?:is|are|it is|they are|now|with) )*<f> (?:off|less|cheaper)(?: (?:today|now))?"),
    ("on top", r"(?:i|we) (?:tip|add|leave|give)(?: a tip of)? <n> percent(?: tip| as a tip| more)?"),
    ("half price", r"(?:(?:it|they|that) )?(?:(?:is|are|now|on sale|for|at) )+half price(?: (?:today|now))?"),
    (
        "price off",
        r"(?:<ARTICLE> )?<NOUN>(?: that| which)?(?: normally| usually)? (?:costs?|is|was|for|at|of) <n> <unit:MONEY>(?: "
        r"normally| usually)? (?:is|and is)(?: now)? (?:(?P<word>half price)|(?:reduced by )?<m> percent(?: off| "
        r"cheaper)?)(?: (?:today|now))?",
    ),
    (
        "pay",
        r"(?:(?:i|we|he|she|they) )?(?:pay|paid|pays|give|gave|gives|hand over)(?: (?:<ARTICLE> <WORD>|him|her|them))?"
        r"(?: with)?(?: an?)? <n>(?: <unit:MONEY>)?(?: (?:note|bill))?",
    ),
    (
        "pay for",
        r"(?:i|we) (?:pay|paid|give|gave|hand|handed)(?: <ARTICLE> <NOUN>)?(?: an?)? <n>(?: <unit:MONEY>)?"
        r"(?: (?:note|bill))? for (?:something|an? <NOUN>) (?:that costs|for|costing|of|worth) <m>(?: <MONEY>)?",
    ),
    (
        "pay less",
        r"(?:i|we) (?:pay|paid)(?: only)? <n>(?: <unit:MONEY>)? for (?:something|<ARTICLE> <NOUN>) (?:that|which) "
        r"(?:(?:was|is|were|are|costs?)(?: normally| usually)?|(?:normally|usually) costs?|used to cost) <m>(?: <MONEY>)?",
    ),
    (
        "pay for",
        r"(?:i|we) pay for (?:an? )?<m>(?: <unit:MONEY>)? <WORD> with (?:an? )?<n>(?: <MONEY>)?(?: (?:note|bill))?",
    ),
    # Rates and sharing
    (
        "groups",
        r"(?:(?:there are|we are|<WHO> (?:have|has|had|buy|bought|get|got|pack|packed|plant|planted|baked|made|sold|laid)) )?"
        r"<m> <other:NOUN> "
        r"(?:of|with) <n> <noun>(?: each| (?:in|on) each)?",
    ),
    ("groups", r"<m> <other:NOUN> (?:hold|contain|have) <n> <noun> each"),
    (
        "went",
        r"(?:<who:WHO> (?:walk|walked|run|ran|drive|drove|cycle|cycled|hike|hiked|swim|swam) )?<n> <unit:LONG>"
        r"(?: (?:on|in) (?:the )?<WORD>)?",
    ),
    ("shared", r"<m> <NOUN> (?:get|share|earn|receive|win|won|got|shared) <n>(?: <noun>)? between them"),
    ("shared", r"<n> <noun> (?:is|are) (?:shared|split|divided|put)<EQUALLY> (?:by|into|among|between) <m> <NOUN>"),
    ("shared", r"<n> <noun> (?:shared|split|divided)<EQUALLY> (?:between|among|amongst) <m> <NOUN><EQUALLY>"),
    ("is long", r"<WHO> (?:is|are) <n> <unit:LONG>(?: long)?"),
    ("is long", r"(?:is|are) <n> <unit:LONG> long"),
    ("shared", r"<WHO> cut (?:in|into) <n> <noun> (?:is|are) (?:shared|split|divided) (?:by|among|between) <m> <PEOPLE>"),
    (
        "per",
        r"(?:<who:WHO> )(?:(?:<WORD>(?: aside| away)?|costs?|pays?|is|are) )?(?:at )?"
        r"<n>(?: <unit:AMOUNT>(?: (?:pocket money|<WORD>))?)? "
        r"(?:an?|per|every|each) <per:TIME>",
    ),
    ("over", r"<who:WHO> (?:have |has )?(?:<WORD> )?<n> <unit:AMOUNT> (?:in|over|within) <m> <per:TIME>"),
    ("sharers", r"(?:there (?:are|is) |we are |for )<n> <PEOPLE>"),
    ("sharers", r"we (?:are|were) <n>"),
    ("shared", r"(?:we are |i am )?(?:splitting|sharing|dividing) <ARTICLE> <WORD> of <n>(?: <noun>)? between <m> people"),
    ("sharers", r"<n> of us (?:are going|go|went|want to go|are)(?: (?:to|in|at) (?:<ARTICLE> )?<WORD>)?"),
    ("sharers", r"each of the <n> <NOUN> (?:gets?|has|have) (?:the same(?: <WORD>)?|as much|equally much)"),
    (
        "line for",
        r"<n> <PEOPLE> (?:pay|paid|give|gave|chipped in|put in) <m> <unit:MONEY> each for (?:an?|the|this|our) <noun>",
    ),
    ("line", r"<n> <PEOPLE> (?:pay|give|spend|earn|save|bring) <m> <unit:MONEY> each"),
    (
        "sharers",
        r"(?:(?:<WHO>) )?(?:is |are )?(?:puts?|packs?|shares?|shared|splits?|divides?|divided|sorts?)(?: (?:them|"
        r"it|those|these))?<EQUALLY> <BETWEEN> <n>(?: <NOUN>)?<EQUALLY>",
    ),
    (
        "shared",
        r"<m> <PEOPLE> (?:are )?(?:share|split|divide|sharing|splitting|dividing)(?: <ARTICLE> <WORD> of)? <n>"
        r"(?: <noun>)?<EQUALLY>",
    ),
    ("shared", r"<n>(?: <noun>)? (?:for|between|among|shared by|split by|divided among|split between) <m> <PEOPLE>"),
    (
        "shared!",
        r"(?:split|divide|share|distribute)(?: <ARTICLE> <WORD> of)? <n>(?: <noun>)?<EQUALLY> <BETWEEN>(?: (?:my|"
        r"the|our))? <m>(?: <NOUN>|(?: of)? us)?<EQUALLY>",
    ),
    ("shared!", r"<n>(?: <noun>)? (?:shared|split|divided) (?:by|among|between) <m> <PEOPLE> (?:makes|gives|is) <ASK> each"),
    # Times of day
    ("start", r"<who:WHO> (?:(?:start|begin|leave|depart|open|set off|go)s?|left|began|started|departed|went) (?:at )?<clock>"),
    ("lasts", r"(?:<who:WHO> )?(?:(?:take|last)s?|go(?:es)? on for|runs? for) <n> (?P<unit>minutes?|hours?)"),
    ("lasts", r"(?:<who:WHO> )?(?:is|are|was|were) <n> (?P<unit>minutes?|hours?) long"),
    ("lasts", r"(?:the|our|my) (?:ride|trip|journey|flight|drive|way|walk) (?:is|was) <n> (?P<unit>minutes?|hours?)"),
    (
        "due",
        r"<who:WHO> (?:need to|have to|has to|must|should|want to) (?:be|arrive|get)(?: there| home| back)? (?:at|by) <clock>",
    ),
    ("every", r"(?:<ARTICLE> )?<noun:WORD> (?:comes?|runs?|leaves?|goes) every <n> (?P<unit>minutes?|hours?)"),
    ("last one", r"the last(?: one| <noun:WORD>)? (?:left|came|went|was)(?: at)? <clock>"),
    ("it is", r"it is(?: now)? <clock>(?: now)?"),
    ("span", r"(?:<WHO> (?:<WORD> )?)?(?:is |was )?from <clock> (?:to|until|till) <until>"),
    (
        "arrives",
        r"(?:<WHO> )?(?:(?:arrive|end|finishe?|stop|land|close)(?:s|d|ed)?|(?:gets?|got) (?:there|home|in)) (?:at )?<clock>",
    ),
    (
        "works",
        r"(?:<who:WHO> )?(?:works?|worked|drives?|drove|walks?|walked|runs?|ran|stays?|stayed|go|goes) (?:for )?"
        r"<n> <unit:TIME>",
    ),
    (
        "per for",
        r"<who:WHO> (?:<WORD> )?(?:at )?<n> <unit:AMOUNT> (?:an?|per|every|each) <per:TIME> for <m> <other:TIME>",
    ),
    ("level", r"<WHO> (?:is|are|stands) at <n> percent"),
    ("drain", r"(?:<WHO> )?(?:loses?|uses?|drops?|falls?)(?: by)? <n> percent (?:an?|per|every|each) <per:TIME>"),
    # Ages
    ("age times", r"<who:WHO> (?:is|am|are) (?:<word:TWICE>|<n> times) as old(?: as <whom:WHO>)?"),
    ("age times of", r"(?:<who:WHO> (?:is|am|are) )?(?:<word:TWICE>|<n> times) as old as <whom:WHO>"),
    ("age", r"<who:WHO> (?:is|am|are) <n>(?: years old)?"),
    ("age more", r"<who:WHO> (?:is|am|are) <n> years (?P<word>older|younger)(?: than <whom:WHO>)?"),
    ("born", r"<who:WHO> (?:was|were|am|is) born in (?P<n>[12]\d{3})"),
    ("turned", r"<who:WHO> turned <n> in (?P<m>[12]\d{3})"),
)


def compiled() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The table, ready to be matched against whole clauses."""
    return tuple((kind, re.compile(_written_out(pattern))) for kind, pattern in _STATEMENTS + QUESTIONS)


def _written_out(pattern: str) -> str:
    def word(match: re.Match[str]) -> str:
        name, _, kind = match[1].partition(":")
        if kind:
            return f"(?P<{name}>{WORDS[kind]})"
        return _KEPT[name] if name in _KEPT else WORDS[name]

    return re.sub(r"(?<!\?P)<(\w+(?::\w+)?)>", word, pattern)
