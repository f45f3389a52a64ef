"""The words of stories by what they do: have, gain, lose, go, come, money, time, people; regular expressions by name."""

from __future__ import annotations

_STOP = (
    r"(?:an?|the|i|we|you|he|she|it|they|and|or|but|then|of|in|on|at|to|for|from|with|by|per|each|every|is|are|was|were|am|be|has|have|"
    r"had|do|does|did|costs?|how|what|when|which|who|why|where|left|more|less|fewer|than|as|times|percent|off|my|your|his|her|our|"
    r"their|that|this|these|those|there|not|no|can|could|should|may|will|would|one|if|so|some|any|now|free|them|us|me|all|each|"
    r"another|takes?|lasts?|starts?|begins?|leaves?|pays?|gives?|gave|altogether|together|total|ago|later|old|older|younger|return|back)"
)
_ARTICLE = r"(?:an?|the|my|your|his|her|our|their|its|this|that)"
_WORD = rf"(?!{_STOP}\b)[a-z][a-z'-]*"
_NOUN = rf"{_WORD}(?: {_WORD}){{0,2}}"
_WHO = rf"(?:i|we|you|he|she|it|they|(?:{_ARTICLE} )?{_WORD}(?: {_WORD})?)"
_PLACE = rf"(?: (?:on|in|at|from|for|with|to|into|of) (?:{_ARTICLE} )?{_NOUN}){{0,2}}"
_HAVE = r"(?:have|has|had|own|owns|owned|came with|start with|starts with|started with|keep|keeps|kept)"
_GAIN = (
    r"(?:buys?|bought|gets?|got|finds?|found|adds?|added|receives?|received|wins?|won|earns?|earned|picks?|picked|bakes?|baked|makes?"
    r"|made|collects?|collected|saves?|saved|(?:have|has) (?:saved|bought|collected|picked|baked|earned))"
)
_LOSE = (
    r"(?:eats?|ate|breaks?|broke|loses?|lost|gives? away|gave away|gives?|gave|sells?|sold|spends?|spent|uses?|used|drinks?"
    r"|drank|takes?(?: away)?|took(?: away)?|drops?|dropped|throws? away|threw away|removes?|burns?|burned|cuts? off|pays?"
    r"|paid|lends?|lent)"
)
_MOVE = (
    r"(?:gets?|got|jump(?:s|ed)?|climb(?:s|ed)?|hop(?:s|ped)?|walk(?:s|ed)?|runs?|ran|swims?|swam|fly|flies|flew|step(?:s|ped)?"
    r"|crawl(?:s|ed)?|dive[sd]?|drives?|drove|roll(?:s|ed)?|slip(?:s|ped)?|march(?:es|ed)?|wander(?:s|ed)?|sits?|sat|drop(?:s|ped)?"
    r"|fall(?:s)?|fell|moves?|moved)"
)
_GO = (
    rf"(?:{_MOVE} (?:off|out|away|home)"
    r"|leaves?|left|go|goes|went|get lost|die|died"
    r"|(?:have|has) (?:gone|left|driven|flown|run|walked|died)(?: (?:home|away|off|out))?"
    r"|(?:have|has) been (?:packed|taken|given|sold|eaten|used|thrown|carried|put)(?: (?:away|down|off|out|up))?"
    r"|(?:are|were) (?:sold|broken|gone|eaten|missing|stolen)|broke|go home|goes home|went home)"
)
_COME = (
    rf"(?:{_MOVE} (?:in|on|aboard|up|down)|(?:comes?|came|(?:have|has) come)(?: in| along| over| aboard)?"
    r"|(?:have|has) (?:joined|arrived)"
    r"|joins?(?: in| them| us)?"
    r"|joined(?: in| them| us)?|arrives?|arrived|enters?|entered|turn(?:s|ed)? up|show(?:s|ed)? up|appear(?:s|ed)?)"
)
_STATE = (  # what they are doing while they are counted
    r"(?:(?:are|were|is|was) )?(?:swim|swam|swimming|sit|sat|sitting|stand|stood|standing|wait|waited|waiting|play|played"
    r"|playing|sleep|slept|sleeping|live|lived|living|work|worked|working|dance|danced|dancing|sing|sang|singing|graze|grazed"
    r"|grazing|queue|queued|queuing|rest|rested|resting|read|reading|eating|up|open|ready|fly|flew|flying|run|ran|running|here|there|inside"
    r"|aboard|on board)"
)
_DONE = (
    r"(?:done|finished|read|written|sold|used|eaten|solved|learnt|learned|painted|packed|seen|watched|answered|cleaned|planted"
    r"|corrected|visited|baked|filled|paid)"
)
_BE = r"(?:(?:are|is|were|was|have been|has been|have|has) )?"
_DOING = (
    rf"(?:{_WORD}|free|left|go|come|take|play|stay)(?: (?:(?:by|to|at|on|in|the|a|an|for) ){{0,2}}{_WORD})?"  # “take the bus”
)
_DAY = (
    r"(?:(?:on |last )?(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)|today|yesterday"
    r"|(?:in the|this) (?:morning|afternoon|evening))"
)
MONEY = r"(?:euros?|dollars?|pounds?|francs?|cents?|pence)"
_TIME = r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|nights?)"
_LONG = r"(?:kilometres?|miles?|metres?|centimetres?)"
_AMOUNT = (
    rf"(?:{MONEY}|{_LONG}|kilos?|kilograms?|grams?|litres?|millilitres?|minutes?|hours?|pages?|words?|cups?|glasses|people)"
)
_PEOPLE = (
    r"(?:people|persons?|friends|children|kids|of us|guests|sisters|brothers|colleagues|siblings|players|students"
    r"|pupils|neighbours)"
)
_EQUALLY = r"(?: equally| evenly| fairly)?"
_BETWEEN = r"(?:between|among|amongst|by|with|into|in|on|over|onto)"
_TAIL = (
    r"(?: (?:now|then|in total|in all|altogether|all together|together|today|so far|in the end|at the end|again"
    r"|for (?:all of us|everybody|everyone|us all)))*"
)
_ASK = r"(?:how (?:much|many)|what)"
_DO = r"(?:do|does|did|is|are|was|were|will|would|must|should|can|has|have)"
_EACH = rf"(?:each|per {_WORD})"
WORDS = {
    "WHO": _WHO,
    "NOUN": _NOUN,
    "WORD": _WORD,
    "PLACE": _PLACE,
    "HAVE": _HAVE,
    "GAIN": _GAIN,
    "LOSE": _LOSE,
    "GO": _GO,
    "COME": _COME,
    "STATE": _STATE,
    "MONEY": MONEY,
    "TIME": _TIME,
    "LONG": _LONG,
    "AMOUNT": _AMOUNT,
    "PEOPLE": _PEOPLE,
    "EQUALLY": _EQUALLY,
    "BETWEEN": _BETWEEN,
    "TAIL": _TAIL,
    "ASK": _ASK,
    "DO": _DO,
    "EACH": _EACH,
    "TWICE": "twice",
    "WE": "(?:we|they)",
    "PRONOUN": "(?:i|we|it|that|he|she|they)",
    "POSSESSIVE": "(?:his|her)",
    "PLAN": "(?:am|are|is) going to buy|(?:want|wants) to buy|will buy",
    "SHALL": "(?:will|would|shall) (?:have|take|get|buy|need|like)",
    "DONE": _DONE,
    "DAY": _DAY,
    "BE": _BE,
    "DOING": _DOING,
    "BUY": "(?:buy|get|afford)",
    "ARTICLE": _ARTICLE,
}
