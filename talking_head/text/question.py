"""Whether a message asks something, in English or Mandarin: by its mark, or by its words where a recogniser set none."""

from __future__ import annotations

import re

_MARKED = re.compile(r"[?？]")
_VERB = r"(?:is|are|am|was|were|do|does|did|can|could|will|would|should|shall|may|might|has|have|had)(?:n't)?"
_SOMEBODY = r"(?:i|you|he|she|it|we|they|there|this|that|these|those|anybody|anyone|somebody|someone|the|an?|my|your|our)"
_ASKS = re.compile(
    r"^(?:(?:so|and|but|or|ok|okay|well|hi|hello|hey|now|then|sorry|excuse me|please|by the way|um+|uh+|[a-z]+ please)[ ,]+)*"
    rf"(?:(?:{_VERB}|can't|won't) {_SOMEBODY}\b"  # “can you”; not “do not” and not “may all be well”
    rf"|(?:what|who|where|when|why|how)(?:'s|'re| {_VERB}|'ll)\b"  # not “when I came”, “what I mean”
    r"|how (?:much|many|long|far|old|often|soon|big|about|come)\b|what about\b|what (?:time|kind|sort|colou?r|day|else)\b"
    r"|wh(?:ich|ose) (?!is\b|was\b|means\b)\w+|why not\b)"
)
_ASKS_IN_CHINESE = re.compile(
    r"[吗呢么]$|^(?:请问|为什么|怎么|怎样|如何|谁|哪|几点|多少)|(?:是什么|在哪|多少钱|几点|能不能|可不可以|是不是|有没有|好不好|要不要)"
)


def is_question(message: str) -> bool:
    """“Is it far?”, “what time is it”, “你叫什么名字？”; not “When I came home, it rained.”"""
    if _MARKED.search(message):
        return True
    sentences = [part.strip(" ,\"'”’)") for part in re.split(r"[.!;。！；\n]+", message.lower().replace("’", "'"))]
    return any(_ASKS.match(part) or _ASKS_IN_CHINESE.search(part) for part in sentences)
