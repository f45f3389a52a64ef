"""The mistakes that are known: each the shape of one, what is right instead, and one line why.

No rule may fit a right sentence: of 5 114 sentences of this repository's documents and chats three fit one (docs/LOG.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from talking_head.tools.dates import MONTH
from talking_head.tools.grammar.nouns import AN, COUNTED, MASS, MISCOUNTED, plural
from talking_head.tools.grammar.verbs import BASES, BY_PAST, BY_THIRD, IRREGULAR, STATES, ing, past, third

_B, _T, _P = ("|".join(sorted(words, key=len, reverse=True)) for words in (BASES, BY_THIRD, BY_PAST))
_SOMEBODY = (
    r"(?:my|your|his|her|our|the|this|that) (?:mother|father|mum|dad|brother|sister|wife|husband|son|daughter|friend|teacher|"
    r"boss|cat|dog|train|bus|class|lesson|school|company|city)"
)
_HE = rf"(?:he|she|it|{_SOMEBODY})"
_I = r"(?:i|you|we|they)"
_WHO = rf"(?:{_I}|{_HE})"
_AGO = (
    r"\b(?:yesterday|(?:an?|two|three|four|five|six|seven|ten|\d+) (?:minutes?|hours?|days?|weeks?|months?|years?) ago|"
    r"last (?:night|week|weekend|month|year|summer|winter|spring|autumn|(?:mon|tues|wednes|thurs|fri|satur|sun)day)|"
    r"in (?:19|20)\d\d)\b"
)
_BE = {"i": "am", "you": "are", "we": "are", "they": "are"}
_MODAL = r"(?:can|could|must|should|will|would|may|might|cannot|can't|couldn't|won't|shouldn't|mustn't)"
_LONG = (
    r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|\d+|many|several|a few) (?:long )?"
    r"(?:minutes?|hours?|days?|weeks?|months?|years?)"
)
_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day(?:s)?"
_MONTH = rf"(?:{MONTH})"
_COUNT = (
    r"(?:two|three|four|five|six|seven|eight|nine|ten|[2-9]|[1-9]\d|many|several|a few|some of my|one of my|one of the|these|"
    r"those)"
)
_FEELS = {"interesting": "interested", "boring": "bored", "exciting": "excited", "tiring": "tired", "surprising": "surprised"}
_SHORT = {"good": "better", "bad": "worse", "big": "bigger", "hot": "hotter", "easy": "easier", "nice": "nicer"} | {
    word: f"{word}er" for word in ("cheap", "tall", "old", "fast", "cold", "small", "long")
}

_BY_PARTICIPLE = {"gone": "go", "seen": "see", "eaten": "eat", "taken": "take", "done": "do", "written": "write", "been": "be"}
_SAME_PAST = frozenset({"come", "become", "run", "read"})
_BY_ED = {
    f"{base.removesuffix('e')}ed": base
    for base in IRREGULAR
    if f"{base.removesuffix('e')}ed" not in (*BY_PAST, "seed", "singed", "sited", "wined", "waked")
}
_ED = "|".join(_BY_ED)
Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str], str]


def _rule(pattern: str, told: Callable[[re.Match[str]], str] | str, why: str) -> Rule:
    if isinstance(told, str):
        template = told
        return re.compile(pattern, re.I), lambda m: m.expand(template), why
    return re.compile(pattern, re.I), told, why


def _agreed(who: str, base: str) -> str:
    return base if who.lower() in _BE else third(base)


def _done(m: re.Match[str]) -> str:
    """A verb after “am”, in the time that the sentence names."""
    who, base = m["who"], m["verb"].lower()
    if re.search(_AGO, m.string, re.I):
        return f"{who} {past(base)}"
    if re.search(r"\b(?:now|right now|at the moment)\b", m.string, re.I) and base not in STATES:
        return f"{who} {_BE.get(who.lower(), 'is')} {ing(base)}"
    return f"{who} {_agreed(who, base)}"


_BARE_AFTER = re.compile(  # “did he go”, “let her come”, “my sister and he go”
    r"\b(?:did|does|do|let|lets|make|makes|made|help|helps|and|if|that|can|will|watch|see|saw|hear|heard|should|must|"
    r"could|would|may|"
    r"might|to|with|for|about|than|of|suggest\w*|insist\w*|from|or|both)(?: \w+)? $",
    re.I,
)


def _after_do(m: re.Match[str]) -> str:
    """“did you went” → “did you go”; “why do leaves fall” is right."""
    if not m["who"] and not re.search(r"not|n't", m["did"]):
        return m[0]
    return f"{m['did']}{m['who'] or ''} {BY_THIRD.get(m['verb'].lower()) or BY_PAST[m['verb'].lower()]}"


def _with_s(m: re.Match[str]) -> str:
    base = m["verb"].lower()
    if (
        base in _SAME_PAST
        or _BARE_AFTER.search(m["before"])
        or re.search(r"\b(?:did|does|let|can|will|could|would)\b", m["before"], re.I)
    ):
        return m[0]
    return f"{m['before']}{m['who']} {third(base)}"


def _perfect(m: re.Match[str]) -> str:
    base = BY_THIRD.get(m["verb"].lower(), m["verb"].lower())
    form = {"know": "known"}.get(base, past(base))
    return f"{m['who']} {'have' if m['who'].lower() in _BE else 'has'} {form}{m['mid']} for {m['long']}"


_PAST = "The time is past, so the verb is past, too."
RULES: tuple[Rule, ...] = (
    _rule(rf"\b(?P<who>{_SOMEBODY}) (?:he|she|it)\b(?= )", r"\g<who>", "One subject is enough."),
    _rule(rf"\b(?:{_ED})\b", lambda m: past(_BY_ED[m[0].lower()]), "This verb has a past of its own."),
    _rule(
        r"\b(?P<be>am|is|'m|was) (?P<job>(?:good |young |old )?(?:doctor|teacher|student|nurse|driver|cook|lawyer|farmer|"
        r"manager|worker))"
        r"(?=\W*$| (?:in|at|and|of|from)\b)",
        r"\g<be> a \g<job>",
        "A job takes a or an.",
    ),
    _rule(
        r"\byesterday (?P<when>night|evening)\b",
        lambda m: "last night" if m["when"].lower() == "night" else m[0],
        "Say last night.",
    ),
    _rule(
        rf"\b(?P<who>{_WHO})(?: am| is| are|'m|'s|'re) (?P<verb>{_B})(?= |$)(?! (?:of|and|or|is|"
        rf"was)\b)(?<! like)(?<! love)(?<! need)(?<! work)(?<! close)"
        r"(?<! open)(?<! clean)(?<! home)(?<! run)(?<! come)(?<! sleep)(?<! order)(?<! become)(?<! hold)(?<! broken)(?<! read)",
        _done,
        "One verb is enough: am, is and are do not stand before another verb like this.",
    ),
    _rule(rf"\b(?P<who>{_I}) am like to\b", r"\g<who> like to", "One verb is enough: say I like, not I am like."),
    _rule(
        rf"\b(?P<who>{_WHO}) have (?P<verb>[a-z]+)(?P<mid>(?: [\w']+){{0,5}}) (?P<when>yesterday|last (?:week|night|"
        rf"year|month))\b",
        lambda m: (
            f"{m['who']} {m['verb'] if m['verb'].lower() in BY_PAST else past(_BY_PARTICIPLE.get(m['verb'].lower(), ''))}"
            f"{m['mid']} {m['when']}"
            if m["verb"].lower() in BY_PAST or m["verb"].lower() in _BY_PARTICIPLE
            else m[0]
        ),
        "With yesterday and last week use the simple past, without have.",
    ),
    _rule(
        rf"\b(?P<who>{_WHO}) (?P<verb>(?:{_B}|{_T}))\b(?! (?:been|gone)\b)(?=.*{_AGO})(?<! like)",
        lambda m: f"{m['who']} {past(BY_THIRD.get(m['verb'].lower(), m['verb'].lower()))}",
        _PAST,
    ),
    _rule(
        rf"(?P<when>{_AGO}),? (?P<who>{_WHO}) (?P<verb>(?:{_B}|{_T}))\b",
        lambda m: f"{m['when']} {m['who']} {past(BY_THIRD.get(m['verb'].lower(), m['verb'].lower()))}",
        _PAST,
    ),
    _rule(
        rf"\b(?P<who>i|he|she|it) (?:am|is)(?P<mid>(?: [\w']+){{0,4}}) (?P<when>{_AGO})(?<!born)",
        r"\g<who> was\g<mid> \g<when>",
        _PAST,
    ),
    _rule(rf"\b(?P<who>you|we|they) are(?P<mid>(?: [\w']+){{0,4}}) (?P<when>{_AGO})", r"\g<who> were\g<mid> \g<when>", _PAST),
    _rule(
        rf"\b(?P<did>did(?: not|n't)?|does(?: not|n't)?|do(?: not|n't)?|didn't|doesn't|"
        rf"don't)(?P<who> {_WHO})? (?P<verb>{_T}|{_P})\b(?<! read)",
        _after_do,
        "After do, does and did the verb has its basic form.",
    ),
    _rule(rf"\b(?P<who>{_HE}) (?:don't|do not)\b", r"\g<who> doesn't", "With he, she and it say doesn't."),
    _rule(rf"\bdo (?P<who>{_HE}) (?P<verb>{_B})\b", r"does \g<who> \g<verb>", "With he, she and it ask with does."),
    _rule(
        rf"(?P<before>^|.*?[\w,] )(?P<who>he|she|"
        rf"{_SOMEBODY}) (?P<verb>{_B})\b(?! and I\b)",
        _with_s,
        "With he, she and it the verb takes an s.",
    ),
    _rule(r"\bI (?:has|is)\b", lambda m: "I have" if m[0].lower().endswith("has") else "I am", "With I say am and have."),
    _rule(
        rf"\b(?P<who>you|we|they) (?P<verb>is|was|has|{_T})\b",
        lambda m: (
            f"{m['who']} "
            + {"is": "are", "was": "were", "has": "have"}.get(m["verb"].lower(), BY_THIRD.get(m["verb"].lower(), ""))
        ),
        "With you, we and they the verb has no s.",
    ),
    _rule(rf"\bI (?P<verb>{_T})\b(?! and\b)", lambda m: f"I {BY_THIRD[m['verb'].lower()]}", "With I the verb has no s."),
    _rule(
        rf"\b(?P<modal>{_MODAL}) to (?P<verb>{_B}|"
        rf"be)\b",
        r"\g<modal> \g<verb>",
        "After can, must, should and will there is no to.",
    ),
    _rule(
        rf"\b(?P<modal>(?-i:(?!May)){_MODAL})(?P<not> not)? (?P<verb>{_T}|{_P})\b",
        lambda m: f"{m['modal']}{m['not'] or ''} {BY_THIRD.get(m['verb'].lower()) or BY_PAST[m['verb'].lower()]}",
        "After can, must, should and will the verb has its basic form.",
    ),
    _rule(
        rf"\b(?P<who>{_WHO}) very (?P<verb>like|love|enjoy|want|hate)s? (?P<what>[^,.!?]+)",
        lambda m: f"{m['who']} {_agreed(m['who'], m['verb'].lower())} {m['what'].strip()} very much",
        "Very does not stand before a verb: very much goes to the end.",
    ),
    _rule(
        r"\b(?P<although>although|though)\b(?P<mid>[^,.!?]+),? but\b",
        r"\g<although>\g<mid>,",
        "Although or but: one of them is enough.",
    ),
    _rule(
        r"\b(?P<because>because)\b(?P<mid>[^,.!?]+),? so\b(?= (?:i|we|you|he|she|it|they|my|the)\b)",
        r"\g<because>\g<mid>,",
        "Because or so: one of them is enough.",
    ),
    _rule(
        rf"\b(?P<who>{_WHO}) (?P<verb>live|lives|work|works|learn|learns|study|studies|know|knows|wait|"
        rf"waits)(?P<mid>(?: [\w']+){{0,4}}) "
        rf"(?:since|for) (?P<long>{_LONG})(?! ago)\b",
        _perfect,
        "What began before and goes on takes have and the third form, with for.",
    ),
    _rule(
        rf"\bsince (?P<long>{_LONG})(?! ago)\b",
        r"for \g<long>",
        "With a length of time say for; since goes with a point in time.",
    ),
    _rule(
        rf"\bfor (?P<when>{_DAY}|{_MONTH}|(?:19|20)\d\d|yesterday)\b(?=\W*$)(?<!birthday)(?=(?<=\w))(?!\w)",
        lambda m: f"since {m['when']}" if re.search(r"\bhave\b|\bhas\b|'ve\b", m.string) else m[0],
        "With a point in time say since; for goes with a length of time.",
    ),
    _rule(rf"\b(?:in|at) (?P<day>{_DAY})\b", r"on \g<day>", "With days say on."),
    _rule(rf"\b(?:on|at) (?P<month>{_MONTH})\b(?! \d)", r"in \g<month>", "With months say in."),
    _rule(
        r"\b(?:in|on) (?P<clock>(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|"
        r"twelve) o'?clock)\b",
        r"at \g<clock>",
        "With the time of day say at.",
    ),
    _rule(
        r"\bmore (?P<word>better|worse|bigger|cheaper|easier|taller|older|younger|faster|smaller|colder|hotter|nicer|"
        r"longer|happier)\b",
        r"\g<word>",
        "The ending er says more already.",
    ),
    _rule(
        rf"\bmore (?P<word>{'|'.join(_SHORT)})\b(?= than\b|\W*$)",
        lambda m: _SHORT[m["word"].lower()],
        "Short words take er instead of more.",
    ),
    _rule(
        r"\b(?P<who>i|we|he|she|they)(?P<be> am| is| are|'m|'re|'s) (?P<so>(?:so |very |really )?)(?P<word>interesting|"
        r"boring|exciting|tiring|"
        r"surprising)(?= (?:in|with|about|of|to|today|now|because)\b|\W*$)",
        lambda m: f"{m['who']}{m['be']} {m['so']}{_FEELS[m['word'].lower()]}",
        "What you feel ends in ed, what makes you feel it ends in ing.",
    ),
    _rule(
        rf"\b(?P<who>{_WHO}) (?:have|has) (?P<n>\d+|ten|twenty|thirty|forty|fifty|"
        rf"sixty)(?P<ones>[ -][a-z]+)? years(?: old)?\b(?! (?:of|to|left)\b)(?=\W*$)",
        lambda m: f"{m['who']} {_BE.get(m['who'].lower(), 'is')} {m['n']}{m['ones'] or ''} years old",
        "In English you are so many years old.",
    ),
    _rule(
        r"\b(?P<open>open|close) (?P<what>the (?:light|lights|tv|television|computer|radio|air conditioner|fan))\b",
        lambda m: f"turn {'on' if m['open'].lower() == 'open' else 'off'} {m['what']}",
        "Lights and machines are turned on and off.",
    ),
    _rule(
        r"\b(?P<go>go|goes|went|going) to (?P<where>home|there|here|abroad|shopping|swimming|"
        r"upstairs)\b",
        r"\g<go> \g<where>",
        "Home, there and shopping take no to.",
    ),
    _rule(r"\bdiscuss(?P<e>ed|es|ing)? about\b", r"discuss\g<e>", "You discuss something, without about."),
    _rule(r"\bmarr(?P<e>y|ied|ies) with\b", r"marr\g<e>", "You marry somebody, without with."),
    _rule(
        r"\b(?P<listen>listen|listens|listened|listening) (?P<what>(?:the )?(?:music|radio|song|songs|me|him|her|"
        r"teacher|podcasts?))\b",
        r"\g<listen> to \g<what>",
        "You listen to something.",
    ),
    _rule(
        r"\b(?P<wait>wait|waits|waited|waiting) (?P<who>me|you|him|her|us|them|the bus|"
        r"my friend)\b",
        r"\g<wait> for \g<who>",
        "You wait for somebody.",
    ),
    _rule(
        r"\bgood in (?P<what>english|maths|math|chinese|sports?|music|cooking|swimming|"
        r"football)\b",
        r"good at \g<what>",
        "You are good at something.",
    ),
    _rule(r"\b(?P<depend>depends?|depended) of\b", r"\g<depend> on", "It depends on something."),
    _rule(r"\bexplain me (?P<what>[^,.!?]+)", r"explain \g<what> to me", "You explain something to somebody."),
    _rule(
        r"\b(?P<say>say|said|says) (?P<who>me|him|her|us|"
        r"them)\b",
        lambda m: f"{ {'say': 'tell', 'said': 'told', 'says': 'tells'}[m['say'].lower()] } {m['who']}",
        "You tell somebody something; say is without a person.",
    ),
    _rule(
        rf"\blook(?P<ing>ing)? forward to (?P<verb>{_B})\b",
        lambda m: f"look{m['ing'] or ''} forward to {ing(m['verb'].lower())}",
        "After look forward to comes the ing form.",
    ),
    _rule(
        rf"\b(?P<like>enjoy|enjoys|enjoyed|finish|"
        rf"finished) to (?P<verb>{_B})\b",
        lambda m: f"{m['like']} {ing(m['verb'].lower())}",
        "After enjoy and finish comes the ing form.",
    ),
    _rule(
        rf"\b(?P<want>want|wants|wanted|hope|plan|decided) (?P<verb>{_B})\b(?<!want help)(?<!want work)(?<!plan work)",
        r"\g<want> to \g<verb>",
        "Between two verbs like these stands to.",
    ),
    _rule(
        rf"\b(?P<who>{_I}|{_HE}) (?P<like>like|likes|love|"
        rf"loves) (?P<verb>{_B})\b(?<!like work)(?<!like play)(?<!love work)(?= )",
        lambda m: f"{m['who']} {m['like']} {ing(m['verb'].lower())}",
        "After like comes the ing form, or to.",
    ),
    _rule(
        r"\bthere is (?P<n>many|some of my|two|three|four|five|six|seven|eight|nine|ten|several|a lot of (?=people))\b",
        r"there are \g<n>",
        "More than one: say there are.",
    ),
    _rule(
        r"\b(?P<know>know|tell me|ask(?:ed)?|wonder|remember|understand) (?P<wh>where|what|who|how|when|why) (?P<be>is|"
        r"are|was|were) "
        r"(?P<what>(?:the|my|your|his|her|our|this|that)(?: [a-z]+){1,2}|he|she|it|they)(?=\W*$)",
        r"\g<know> \g<wh> \g<what> \g<be>",
        "Inside a sentence the question has the order of a statement.",
    ),
    _rule(
        rf"\b(?P<let>let|lets) (?P<who>me|him|her|us|"
        rf"them) to (?P<verb>{_B})\b",
        r"\g<let> \g<who> \g<verb>",
        "After let there is no to.",
    ),
    _rule(
        r"(?P<many>(?:^|\b(?:the|many|some|most|these|those|young|old) )(?:people|children|men|women|police)) is\b",
        r"\g<many> are",
        "This word is a plural: say are.",
    ),
    _rule(
        r"\b(?P<all>everybody|everyone|somebody|nobody|everything) (?P<verb>are|have|like|want|know|think)\b",
        lambda m: f"{m['all']} " + {"are": "is", "have": "has"}.get(m["verb"].lower(), m["verb"] + "s"),
        "Everybody is a singular.",
    ),
    _rule(
        rf"\bmuch (?P<what>people|{'|'.join(plural(noun) for noun in COUNTED)})\b",
        r"many \g<what>",
        "With things you can count say many.",
    ),
    _rule(
        rf"\b(?P<n>{_COUNT}) (?P<noun>{'|'.join(COUNTED)})\b(?! (?:school|shop|room|bag|shelf|teacher|lesson))(?<!those)",
        lambda m: f"{m['n']} {plural(m['noun'].lower())}",
        "More than one: the noun is a plural.",
    ),
    _rule(rf"\b(?P<noun>{'|'.join(MISCOUNTED)})\b(?!')", lambda m: MISCOUNTED[m["noun"].lower()], "This plural is irregular."),
    _rule(rf"\b(?P<noun>{'|'.join(MASS)})s\b", r"\g<noun>", "This word has no plural in English."),
    _rule(
        rf"\ban? (?P<noun>{'|'.join(MASS)})\b(?= (?:about|on|for|from|to|that|and|because)\b|\W*$)",
        r"some \g<noun>",
        "This word takes no a and no plural: say some, or a piece of.",
    ),
    _rule(
        r"\bevery (?P<what>day|week|month|year|morning|evening|"
        r"night)s\b",
        r"every \g<what>",
        "After every the noun is a singular.",
    ),
    _rule(rf"\ba (?P<word>{AN})\b", r"an \g<word>", "Before a vowel sound say an."),
    _rule(
        r"\ban (?P<word>(?!hour|honest|hono|before)(?-i:[bcdfghjklmnpqrstvwxyz]{1,2}[aeiou][a-z]{2,})|university|uniform|"
        r"european|useful)\b",
        r"a \g<word>",
        "Before a consonant sound say a.",
    ),
)
