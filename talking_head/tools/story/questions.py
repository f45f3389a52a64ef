"""The table of questions: what each kind of question of a story looks like, in the notation of ``table.py``."""

from __future__ import annotations

QUESTIONS: tuple[tuple[str, str], ...] = (
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
        "?room",
        r"how many(?: more)?(?: <noun>)?(?: more)? (?:(?:can|could|will|still) )?(?:fit|go)(?: (?:in|on|into it|onto it))?",
    ),
    ("?seats", r"how many (?P<noun>people|guests|visitors) (?:can|could|will) (?:sit|sit down|be seated)(?: there| here)?"),
    ("?total", r"how much(?: money)? <DO> (?P<who>i|we) need<TAIL>"),
    ("?short", r"how much(?: more)?(?: <noun>)?(?: more)? (?:do|must|should) (?:i|we)(?: have to)? (?:need|save|lack)<TAIL>"),
    ("?gained", r"(?:how much|what) (?:did|do|have) (?:i|we) (?P<word>lose|lost|make|made|earn|earned|gain|gained)<TAIL>"),
    ("?fills", r"how many <noun> of <n> <unit:AMOUNT> (?:can|could|do) (?:i|we) (?:get|<WORD>)(?: (?:from|out of|of) it)?"),
    ("?next", r"when (?:is|does|will) the next(?: one| <noun:WORD>)?(?: (?:be|come|leave|go))?"),
    (
        "?leave",
        r"(?:when|what time|at what time) (?:do|must|should|does) <who:WHO>(?: (?:have|need|has) to)? "
        r"(?:leave|start|go|set off)",
    ),
    ("?rest", r"how many(?: <noun>)? (?:are|is)(?: there)? (?P<word>out)(?: there|<PLACE>)<TAIL>"),
    ("?rest", r"how many(?: <noun>)? (?:are|is) on the (?P<word>road|water|lake|river|slopes?|way)<TAIL>"),
    ("?rest", r"how many(?: <noun>| of (?:them|those))? <BE><word:DOING><TAIL>"),
    (
        "?to do",
        r"how many(?: <noun>)?(?: more)? (?:do|does|must|should) <who:WHO>(?: (?:have|need) to)? (?:do|<WORD>)<TAIL>",
    ),
    ("?to do", r"how many(?: <noun>)? (?:are|is)(?: there)? (?:missing|to go|to do|unfinished)"),
    (
        "?each",
        r"(?:<ASK>|how)(?: <noun>)? <DO>(?: (?:there|it|that|we|they|everyone|everybody|the <WORD>))?(?: (?:for|"
        r"of|in))? ?(?:each|everyone|everybody|per person|per head|per child)(?: (?:of (?:us|them)|person|friend|"
        r"child|one|<WORD>))?(?: (?:get|gets|pay|have|owe|receive|hold|cost))?",
    ),
    ("?each", r"how many(?: <noun>)? (?:go|come|fit) (?:in|into|to|on) each(?: <WORD>)?"),
    ("?each", r"(?:<ASK>)(?: <noun>)? <DO> (?:that|it|we|they) (?:each (?:get|pay|owe)|(?:get|pay|owe) each)"),
    (
        "?cost",
        r"(?:what|how much) <DO> (?:<n>|(?:an?|one|each)) <noun>(?: of <of:WORD>)?"
        r"(?: (?:cost|weigh|come to|need|take|make|be))?",
    ),
    ("?cost", r"how (?P<word>heavy) <DO> <n>(?: of (?:them|those)| <noun>)(?: together| altogether)?"),
    ("?price of", r"(?:what|how much) <DO> (?:it|that|<ARTICLE> <noun>) cost(?:<TAIL>| them| us)"),
    ("?save", r"(?:how much|what)(?: money)? <DO> (?:i|we) saved?<TAIL>"),
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
        r"(?:what|how much) <DO> (?P<who>i|we|it|that|this|they|he|she|all|the total|the new price|the sale price|the "
        r"price now|the bill)(?: all)?(?: (?:pay|be paying|spend|cost|costs|owe|come to|be|make|have to pay|earn|get))?(?: for "
        r"it| for that| for them)?<TAIL>",
    ),
    ("?total", r"what <DO> (?P<who>i|we) owe you<TAIL>"),
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
        r"(?:how much|what)(?: change)? <DO> (?:he|she|they|(?:the|my) <WORD>) (?:give|owe|hand) (?:me|us)(?: back)?|"
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
    (
        "?boxes",
        r"how many <noun> <DO> (?:i|we) (?:(?:have|need) to )?(?P<word>need|use|fill|order|bring|call|book|hire|rent|reserve"
        r"|put up|set up|<BUY>)",
    ),
    ("?boxes", r"how many <noun>(?: (?:is|are|does|do|will|would) (?:that|it|they|those)(?: (?:make|fill|be))?)?"),
    (
        "?end",
        r"(?:when|what time|at what time) <DO> (?P<who>i|we|it|the <WORD>|they|he|she)(?: (?:end|ends|finish|over|done|"
        r"arrive|be over|be there|get there|get in|be done|there|finished))+",
    ),
    (
        "?clock",
        r"what time (?:is|was|will|would)(?: it| that)?(?: be)? (?:(?P<word>in) <n> (?P<unit>minutes?|hours?)|<m> "
        r"(?P<other>minutes?|hours?) (?P<who>ago|later|earlier|from now))",
    ),
    ("?span", r"how (?:many (?P<unit>hours|minutes)|long) <DO> (?:that|it|(?:the|my|our) <WORD>)"),
    (
        "?lasts",
        r"how long <DO> (?:(?:an?|the|my|our) <WORD> of )?<n> <unit:AMOUNT>(?: of <WORD>)? last(?: (?:me|us|him|her|it|them))?",
    ),
    (
        "?empty",
        r"(?:how long|when) (?:till|until|before|is|does|will) (?:it|(?:the|my) <WORD>)(?: (?:is|be|run|runs))? "
        r"(?:empty|flat|dead|out)",
    ),
    ("?each", r"<ASK> per <WORD>"),
    ("?each", r"what is my (?:share|part)"),
    ("?left", r"how (?:many|much)(?: <noun>)? (?:do|does|did) <who:WHO> keep<TAIL>"),
    (
        "?until",
        r"how long (?:until|till|before|does it take until|will it take until) <who:WHO> (?:have|has) <n>(?: <unit:MONEY>)?",
    ),
    ("?cost", r"how (?:many|much) <other:WORD> (?:<DO> (?:i|we) need )?for <n>(?: <noun>)?"),
    ("?each", r"how long <DO> each(?: of (?:them|us)| <WORD>)?(?: <WORD>)?"),
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
    ("?took", r"how (?:many hours|long) <DO> (?:it|that|the <WORD>) (?:burn|last|take|go on)"),
    ("?took", r"how (?:many minutes|much time|long) do (?:i|we) have(?: left| until then)?"),
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
    (
        "?less",
        r"(?:what|how much) (?:is|does|do|would|will) <m> percent off (?:of )?<n>(?: <unit:MONEY>)? "
        r"(?:leave|make|come to|be|cost)(?: (?:me|us))?(?: (?:to pay|left))?",
    ),
    (
        "?less",
        r"(?:what|how much) (?:is left|remains|do (?:i|we) (?:still )?(?:pay|owe)|will (?:i|we) pay)(?: to pay)?"
        r"(?: (?:if|when|with|after|at))?(?: (?:i|we) get| there is| taking)?(?: an?)? <m> percent off (?:of )?<n>"
        r"(?: <unit:MONEY>)?",
    ),
    (
        "?fraction",
        r"(?:(?:what|how much) is |how many are )?<f> of <n>(?: <unit:NOUN>)?"
        r"(?: (?:is|are|makes)(?: what| how (?:much|many))?)?",
    ),
    ("?times", r"(?:(?:what|how much) is )?<n> (?P<word>doubled|halved|tripled)(?: (?:is|makes|gives)(?: what)?)?"),
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
