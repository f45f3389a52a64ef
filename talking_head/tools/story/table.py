"""The table of clauses: what each kind of clause looks like, whether it states something or asks (its kind begins with ``?``).

A pattern is a regular expression over the plain words (``plain.py``) with names between ``<`` and ``>``: ``<n>`` and ``<m>``
are numbers, ``<f>`` a fraction, ``<noun>`` up to three words, ``<clock>`` and ``<until>`` times of day; ``<MONEY>`` and its
like are words of ``vocabulary.py``, ``<unit:MONEY>`` such a word that is kept as ``unit``.
"""

from __future__ import annotations

import re

from talking_head.tools.story.vocabulary import WORDS

_KEPT = {
    "n": r"(?P<n>\d+(?:\.\d+)?)",
    "m": r"(?P<m>\d+(?:\.\d+)?)",
    "f": r"(?P<f>[1-9]/[1-9])",
    "noun": f"(?P<noun>{WORDS['NOUN']})",
    "clock": r"(?P<clock>@\d+\??)",
    "until": r"(?P<until>@\d+\??)",
}

TABLE: tuple[tuple[str, str], ...] = (
    # How many there are, more and fewer of them
    ("have", r"(?:<who:WHO> <HAVE>(?: only| exactly)?|there (?:are|were|is|was)) <n>(?: <noun>)?<PLACE>"),
    ("have", r"<n> <noun>(?: (?:on|in) (?:<ARTICLE> )?<NOUN>)?"),
    ("gain", r"(?:<who:WHO> )?<GAIN>(?: another)? <n>(?: more)?(?: <noun>)?<PLACE>"),
    ("gain", r"<whom:WHO> (?:then |later )?(?:gives?|gave|lends?|lent|sends?|sent) (?:me|us) <n>(?: more)?(?: <noun>)?"),
    ("have", r"(?:there (?:are|were) )?<n> <noun> <STATE><PLACE>"),
    ("gain", r"(?:another )?<n>(?: more| others)?(?: <noun>)? <COME><PLACE>"),
    (
        "lose",
        r"(?:<who:WHO> )?(?:then )?<LOSE>(?: (?!me\b|us\b)(?:him|her|them|<WORD>))? <n>(?: of (?:them|those))?(?: "
        r"<noun>)?<PLACE>",
    ),
    ("lose", r"(?:then )?<n>(?: of (?:them|those))?(?: <noun>)? <GO><PLACE>"),
    ("part", r"<f> of (?:them|those|(?:the|my|our|these) <noun>)(?: (?:are|is|were|have) <word:WORD>)"),
    ("part of", r"<f> of (?:the|my|our|these) <n> <noun> (?:are|is|were) <word:WORD>"),
    ("part of", r"(?:out )?of (?:the |my |our |these )?<n> <noun>(?: ,)? <f> (?:are|is|were) <word:WORD>"),
    ("have", r"(?:(?:i|we) )?have <n>"),
    ("times as many", r"<who:WHO> (?:has|have|had) (?:(?P<word>twice)|<n> times) as (?:many|much) <noun> as <whom:WHO>"),
    ("more than", r"<who:WHO> (?:has|have|had) <n> (?P<word>more|fewer|less)(?: <noun>)? than <whom:WHO>"),
    ("need", r"(?:i|we) (?:need|want|have) <n> <noun>"),
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
        r"(?:<WHO> (?:buy|bought|take|want|order|ordered|need|have|had|get|sell|sold) )?<n> <noun> "
        r"(?:at|for|cost|costing|are|of) <m>(?: <unit:MONEY>)? <EACH>",
    ),
    (
        "line",
        r"(?:<WHO> (?:buy|bought|take|want|order|ordered|need|have|had|get|sell|sold) )?<n> <noun> "
        r"at <m>(?: <unit:MONEY>)?",
    ),
    ("line more", r"(?:another )?<n> (?:at|for) <m>(?: <unit:MONEY>)?(?: each)?"),
    (
        "rate",
        r"(?:each|every|an?|1) <noun> (?:costs?|is|holds?|has|contains?|weighs?|takes?|seats?|makes?|needs?|"
        r"feeds?|serves?|charges) <n>(?: <unit:NOUN>)?",
    ),
    ("rate", r"(?:the )?<noun> (?:cost|are) <n>(?: <unit:MONEY>)? each"),
    ("pair", r"<m> <noun>(?: of <WORD>)? (?:cost|weigh)s? <n> <unit:AMOUNT>(?: in total| altogether)?"),
    (
        "pair",
        r"(?:an? <WORD>|the <WORD>) (?:for|of|with) <m>(?: <noun>)? (?:costs?|needs?|takes?) <n> <unit:AMOUNT>"
        r"(?: of <WORD>)?(?: in total| altogether)?",
    ),
    (
        "price",
        r"(?P<who>it|that|something|(?:<ARTICLE> )?<NOUN>)(?: that)?(?: normally| usually)? (?:costs?|is|was) <n> "
        r"<unit:MONEY>(?: in total| altogether)?",
    ),
    ("pair", r"(?:an? <WORD>|the <WORD>) (?:needs?|takes?) <n> <unit:AMOUNT>(?: of <WORD>)? for <m> <noun>"),
    ("price", r"(?:the )?bill (?:is|was|comes to) <n>(?: <unit:MONEY>)?"),
    (
        "off",
        r"(?:(?:is|are|it is|they are|with|now|on sale|for) )*(?:reduced by |with )?(?:an? )?<n> percent (?:off|"
        r"discount|less|cheaper)(?: (?:today|now))?",
    ),
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
        r"(?:i|we) (?:pay|paid|give|gave)(?: <ARTICLE> <WORD>)?(?: an?)? <n>(?: <unit:MONEY>)?(?: (?:note|bill))? "
        r"for (?:something|an? <WORD>) (?:that costs|for|costing) <m>(?: <MONEY>)?",
    ),
    (
        "pay for",
        r"(?:i|we) pay for (?:an? )?<m>(?: <unit:MONEY>)? <WORD> with (?:an? )?<n>(?: <MONEY>)?(?: (?:note|bill))?",
    ),
    # Rates and sharing
    (
        "groups",
        r"(?:(?:there are|we are|<WHO> (?:have|has|had|buy|bought|get|got|pack|packed)) )?<m> <other:NOUN> "
        r"(?:of|with) <n> <noun>(?: each| in each)?",
    ),
    ("groups", r"<m> <other:NOUN> (?:hold|contain|have) <n> <noun> each"),
    (
        "went",
        r"(?:<who:WHO> (?:walk|walked|run|ran|drive|drove|cycle|cycled|hike|hiked|swim|swam) )?<n> <unit:LONG>"
        r"(?: (?:on|in) (?:the )?<WORD>)?",
    ),
    ("shared", r"<n> <noun> (?:is|are) (?:shared|split|divided|put)<EQUALLY> (?:by|into|among|between) <m> <NOUN>"),
    ("shared", r"<n> <noun> (?:shared|split|divided)<EQUALLY> (?:between|among|amongst) <m> <NOUN><EQUALLY>"),
    ("is long", r"<WHO> (?:is|are) <n> <unit:LONG>(?: long)?"),
    ("shared", r"<WHO> cut (?:in|into) <n> <noun> (?:is|are) (?:shared|split|divided) (?:by|among|between) <m> <PEOPLE>"),
    (
        "per",
        r"(?:<who:WHO> )(?:(?:<WORD>|costs?|pays?|is|are) )?(?:at )?<n>(?: <unit:AMOUNT>)? (?:an?|per|every|each) "
        r"<per:TIME>",
    ),
    ("over", r"<who:WHO> (?:have |has )?(?:<WORD> )?<n> <unit:AMOUNT> (?:in|over|within) <m> <per:TIME>"),
    ("sharers", r"(?:there are |we are |for )<n> <PEOPLE>"),
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
    ("lasts", r"(?:<who:WHO> )?(?:is|are) <n> (?P<unit>minutes?|hours?) long"),
    ("it is", r"it is(?: now)? <clock>(?: now)?"),
    ("span", r"(?:<WHO> (?:<WORD> )?)?(?:is |was )?from <clock> (?:to|until|till) <until>"),
    (
        "arrives",
        r"(?:<WHO> )?(?:(?:arrive|end|finishe?|stop|land|close)(?:s|d|ed)?|(?:gets?|got) (?:there|home|in)) (?:at )?<clock>",
    ),
    (
        "works",
        r"(?:<WHO> )?(?:works?|worked|drives?|drove|walks?|walked|runs?|ran|stays?|stayed|go|goes) (?:for )?<n> <unit:TIME>",
    ),
    (
        "per for",
        r"<who:WHO> (?:<WORD> )?(?:at )?<n> <unit:AMOUNT> (?:an?|per|every|each) <per:TIME> for <m> <other:TIME>",
    ),
    # Ages
    ("age times", r"<who:WHO> (?:is|am|are) (?:<word:TWICE>|<n> times) as old(?: as <whom:WHO>)?"),
    ("age", r"<who:WHO> (?:is|am|are) <n>(?: years old)?"),
    ("age more", r"<who:WHO> (?:is|am|are) <n> years (?P<word>older|younger)(?: than <whom:WHO>)?"),
    ("born", r"<who:WHO> (?:was|were|am|is) born in (?P<n>[12]\d{3})"),
    ("turned", r"<who:WHO> turned <n> in (?P<m>[12]\d{3})"),
    # Questions
    (
        "?left",
        r"how (?:many|much)(?: <noun>)? <DO>(?: <who:WHO>)?(?: have| has| be| there| stay)? (?:left|remaining|"
        r"over|left over)<TAIL>(?: (?:on|in) (?:<ARTICLE> )?<NOUN>)?",
    ),
    ("?left", r"what is <STATE><TAIL>"),
    ("?left", r"what (?:is|are) left(?: over)?<PLACE>"),
    ("?missing", r"how many(?: more)?(?: <noun>)?(?: more)? (?:do|must|should) <who:WHO> (?:need|get|buy|find|borrow)<TAIL>"),
    ("?missing", r"how many(?: <noun>)? (?:are|is) (?:missing|lacking)"),
    ("?left", r"how (?:many|much)(?: <noun>)? (?:remains?|stays?|left|(?:are|is) left)<TAIL>"),
    (
        "?left",
        r"what <DO>(?: (?P<who>i|we|he|she|they))?(?: have)? (?:left|left over|remaining)|what (?:remains|is left)"
        r"<TAIL>",
    ),
    (
        "?have",
        r"how (?:many|much)(?: <noun>)? (?:do|does|is|are|will|would|has|have)(?: (?:<who:WHO>|that))?(?: have| has| own"
        r"| there| got)?(?P<word><TAIL>)(?: (?:on|in) (?:it|the <WORD>))?<TAIL>",
    ),
    ("?have", r"how many(?: <noun>)?(?: <DO>)?(?: (?:there|they))? <STATE>(?: there| here)?<PLACE>(?P<word><TAIL>)"),
    ("?have", r"how many <noun>(?P<word> altogether| in total| in all| all together)"),
    ("?part", r"how many(?: <noun>)? (?:are|is|were|have) <word:WORD>"),
    (
        "?each",
        r"(?:<ASK>|how)(?: <noun>)? <DO>(?: (?:there|it|that|we|they|everyone|everybody|the <WORD>))?(?: (?:for|"
        r"of|in))? ?(?:each|everyone|everybody|per person|per head|per child)(?: (?:of (?:us|them)|person|friend|"
        r"child|one|<WORD>))?(?: (?:get|gets|pay|have|owe|receive|hold|cost))?",
    ),
    ("?each", r"how many(?: <noun>)? (?:go|come|fit) (?:in|into|to|on) each(?: <WORD>)?"),
    ("?each", r"(?:<ASK>)(?: <noun>)? <DO> (?:that|it|we|they) (?:each (?:get|pay|owe)|(?:get|pay|owe) each)"),
    ("?cost", r"(?:what|how much) <DO> (?:<n>|(?:an?|one|each)) <noun>(?: (?:cost|weigh|come to|need|take|make))?"),
    (
        "?cost",
        r"how (?:many|much)(?: <other:NOUN>)? <DO>(?: there)?(?: (?:in|i pay for|we pay for|i need for|we need "
        r"for))? <n> <noun>(?: (?:cost|hold|have|weigh|contain|take|make|need|seat))?",
    ),
    ("?cost", r"(?:what|how much) <DO> <n>(?: of them)?(?: (?:cost|weigh|come to|make)(?: me| us)?)"),
    ("?cost", r"(?:what|how much) <DO> <n> of them"),
    ("?cost", r"(?:what|how much)(?: about| is it)? for <n> <noun>"),
    ("?cost", r"what is the price (?:of|for) (?:a single|an?|1|one|each) <noun>"),
    (
        "?total",
        r"(?:what|how much) <DO> (?:i|we|it|that|this|they|he|she|all|the total|the new price|the sale price|the "
        r"price now|the bill)(?: all)?(?: (?:pay|cost|costs|owe|come to|be|make|have to pay|earn|get))?(?: for "
        r"it| for that| for them)?<TAIL>",
    ),
    (
        "?total",
        r"what is (?:the|my|our) (?:total|price|sum|bill|new price)(?: altogether| price)?|(?:and )?how much "
        r"(?:in total|altogether)|(?:and )?what altogether",
    ),
    ("?total", r"how much money <DO> (?:that|it|this|they|we)(?: (?:make|be|have|pay))?<TAIL>"),
    ("?total of", r"(?:what|how much) <DO> (?P<rest>.*\d.*?)(?: (?:cost|come to|make|be))?<TAIL>"),
    ("?total of", r"(?:what|how much) <DO> (?:i|we|you|it|one|they) (?:pay|owe|cost)(?: for)? (?P<rest>.*\d.*)"),
    (
        "?line",
        r"(?:what|how much) <n> <noun> (?:are|cost|would be|would cost|come to)(?: at| for)? <m>(?: <unit:MONEY>)? <EACH>",
    ),
    (
        "?line",
        r"(?:what|how much) <DO> <n> <noun> (?:come to|cost|be|make)(?: me| us)? (?:at|for) <m>(?: <unit:MONEY>)? "
        r"<EACH>",
    ),
    (
        "?off of",
        r"(?:what|how much) <DO> (?:i|we|you|one) pay for an? <n> <unit:MONEY> <WORD> (?:with|at) <m> percent "
        r"(?:off|discount)",
    ),
    (
        "?change",
        r"(?:how much|what)(?: change)? <DO> (?:i|we) (?:get|receive|have)(?: back)?(?: as change| in change)?|"
        r"(?:what is|how much is) (?:my|the|our|his|her|their) change",
    ),
    (
        "?in time",
        r"(?:<ASK>|how far)(?: <noun>)? <DO>(?: <who:PRONOUN>)?(?: (?:have|get|make|come|"
        r"earn|pay|owe|go|cost|saved|be))?(?: (?:in|after|for|over))? (?:<n>|an?|1) <per:TIME>",
    ),
    ("?a time", r"<ASK> (?:is|was|does) (?:that|it)(?: (?:make|come to))? (?:an?|per|each|every) <per:TIME>"),
    (
        "?a time",
        r"how fast (?:is|was|does|am|do|are) (?:that|it|this|i|we|he|she|the train|the car)(?: (?:go|drive|travel|going))?"
        r"|what is (?:its|the|her|his) (?:average )?speed",
    ),
    (
        "?how long for",
        r"how long <DO> (?:it|i|we)(?: take)?(?: to)?(?: (?:<WORD>))?(?: for)?(?: (?:an?|the) <WORD> of)? <n> "
        r"<unit:AMOUNT>(?: at <m> <other:LONG> per (?P<per>hour))?",
    ),
    ("?boxes", r"how many <noun> <DO> (?:i|we) (?:need|use|fill|order|bring|<word:BUY>)"),
    (
        "?end",
        r"(?:when|what time|at what time) <DO> (?:i|we|it|the <WORD>|they|he|she)(?: (?:end|ends|finish|over|done|"
        r"arrive|be over|be there|get there|get in|be done|there|finished))+",
    ),
    (
        "?clock",
        r"what time (?:is|was|will|would)(?: it| that)?(?: be)? (?:(?P<word>in) <n> (?P<unit>minutes?|hours?)|<m> "
        r"(?P<other>minutes?|hours?) (?P<who>ago|later|earlier|from now))",
    ),
    ("?span", r"how (?:many (?P<unit>hours|minutes)|long) <DO> (?:that|it)"),
    ("?age", r"how old (?:<DO>|am) <who:WHO>(?: now)?"),
    ("?far", r"how far <DO> <who:WHO>(?: (?:get|go|drive|come|travel|walk|run|swim|cycle))?<TAIL>"),
    (
        "?change from",
        r"how much change <DO> (?:i|we) get(?: back)? (?:from|out of|for)(?: an?)? <n>(?: <unit:MONEY>)?(?: note| bill)?",
    ),
    ("?difference", r"how (?:many|much) more(?: <noun>)? <DO> <who:WHO> (?:have|own)(?: than <whom:WHO>)?"),
    (
        "?hours",
        r"how (?:many (?P<unit>hours|minutes)|long)(?: (?:are there|is it|are|is))? (?:between|from) <clock> "
        r"(?:and|to|until) <until>",
    ),
    ("?how long for", r"how long <DO> <n> <unit:AMOUNT> take(?: me| us)?"),
    ("?took", r"how long <DO> (?:it|that|this|the <WORD>)(?: (?:take|last|open))?"),
    ("?age", r"what is <who:POSSESSIVE> age"),
    ("?age", r"what is (?P<who>my) age(?: now)?"),
    ("?age in", r"how old <DO> <who:WHO>(?: (?:turn|be|get|become))? in (?P<n>[12]\d{3})"),
    ("?born", r"(?:when|in (?:which|what) year|what year|which year) (?:was|were) <who:WHO> born"),
    (
        "?makes",
        r"<n>(?: <noun>)? and <m>(?: <other:NOUN>)? (?:together )?(?:make|makes|are|is|give|gives)(?: together)? "
        r"(?:what|how (?:much|many)(?: <WORD>)?)",
    ),
    (
        "?makes",
        r"<ASK> (?:do|does|are|is) <n> and <m>(?: <noun>)? (?:make|give|together|add up to|altogether|make "
        r"together|in total)",
    ),
    # By themselves
    (
        "?units",
        r"how (?:many|much) <noun:WORD> (?:<DO> )?(?:there )?(?:have |make |go |fit )?(?:up |into |in )?(?:<n>|"
        r"an?) <unit:WORD>(?: have| has| make)?",
    ),
    ("?units", r"(?:what|how (?:much|many|long)) is (?:<n>|an?) <unit:WORD> in <noun:WORD>"),
    (
        "?tip",
        r"(?:(?:what|how much) is |calculate |give me )?(?:an? |the )?(?:tip of )?<n> percent(?: tip)? (?:on|for|"
        r"of) (?:an? (?:bill|meal) of )?<m>(?: <unit:MONEY>)?(?P<word> tip)?",
    ),
    ("?less", r"(?:(?:what|how much) is )?<n>(?: <unit:MONEY>)? (?:minus|less|reduced by) (?:an? )?<m> percent"),
    (
        "?less",
        r"(?:(?:what|how much) is )?<n>(?: <unit:MONEY>)? (?:with|at|less) (?:an? )?<m> percent (?:off|discount|"
        r"less)",
    ),
    ("?less", r"(?:(?:what|how much) is )?<m> percent off (?:of )?<n>(?: <unit:MONEY>)?"),
    ("?fraction", r"(?:(?:what|how much) is |how many are )?<f> of <n>(?: <unit:NOUN>)?"),
    (
        "?times",
        r"(?:(?:what|how much) is |can you |please )?(?P<word>double|twice|triple|three times|half|halve|3 times|"
        r"4 times) (?:of )?<n>",
    ),
    ("?mean", r"(?:what is |calculate |find )?(?:the )?(?:average|mean) of (?P<rest>\d.*\d)"),
    (
        "?sum",
        r"(?:what is |calculate |find )?(?:the )?(?:sum of|total of|add up|add|add together) (?P<rest>\d.*\d)(?: "
        r"together)?",
    ),
)


def compiled() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The table, ready to be matched against whole clauses."""
    return tuple((kind, re.compile(_written_out(pattern))) for kind, pattern in TABLE)


def _written_out(pattern: str) -> str:
    def word(match: re.Match[str]) -> str:
        name, _, kind = match[1].partition(":")
        if kind:
            return f"(?P<{name}>{WORDS[kind]})"
        return _KEPT[name] if name in _KEPT else WORDS[name]

    return re.sub(r"(?<!\?P)<(\w+(?::\w+)?)>", word, pattern)
