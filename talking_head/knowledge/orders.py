"""Sentences of a document that are spoken to the assistant and not to its visitors: neither read aloud nor shown to a model.

Whoever writes into a page that becomes knowledge may write to the machine that reads it (indirect prompt injection:
Greshake et al., 2023). What is caught here is left out of every answer. It is a sieve; what it lets pass is still only quoted
(``answer.py``).
"""

from __future__ import annotations

import re

_ASSISTANT = r"(?:assistants?|ai|a\.i\.|llms?|(?:language )?models?|chat-?bots?|bots?|agents?|system|presenters?|avatars?)"
# Of these nobody else is meant: a shop has assistants, agents and systems, too.
_MACHINE = r"(?:(?:ai|a\.i\.)(?:\s+(?:assistants?|agents?|models?|systems?))?|llms?|language\s+models?|chat-?bots?|bots?)"
_SPEAKS = (
    r"(?:say|tell|answer|reply|respond|mention|recommend|claim|pretend|ask|insult|refuse|speak|talk|collect|call|start|begin|"
    r"end|translate|never|always|not|now)"
)
_MUST = r"(?:must|should|shall|has\s+to|have\s+to|need\s+to|needs\s+to)"
_SAID = r"(?:answer|reply|response|sentence)"
_ORDER = re.compile(
    rf"""
    \b(?:notes?|messages?|instructions?|orders?|reminders?|hints?|attention|memo)\s+(?:to|for)\s+(?:the|any|all|every|our
      |your|an?)?
      \s*(?:\w+\s+)?{_ASSISTANT}\b
    | (?:^|[\]>])\W{{0,9}}(?:{_ASSISTANT})\W{{0,9}}[:\]>|]                                     # “Assistant: …”, “[[SYSTEM]] …”
    | <\|\w+\|>                                                                  # marks of a chat template
    | \b(?:dear|hey|attention,?)\s+{_ASSISTANT}\b
    | \b(?:ignore|disregard|forget|override)\s+(?:all\s+|any\s+|the\s+|your\s+|these\s+|every\s+)*
      (?:(?:previous|prior|earlier|above|preceding|other|old)\s+)*
      (?:instructions?|rules|prompts?|handbook|guidelines|directives|documents?)\b
    | \b(?:ignore|disregard|forget|override)\s+your\s+(?:\w+\s+)?orders\b
    | (?<!not\ )(?<!never\ )(?<!n't\ )\b(?:ignore|disregard|forget|override)\s+(?:the|every|each|all|any)\s+
      (?:users?|visitors?|customers?|guests?|callers?|questions?)\b
    | \byou\s+are\s+(?:now|no\s+longer)\s+(?:an?|the|free|called|my)\b | \byou\s+are\s+free\s+now\b
    | \b(?:your\s+(?:system\s+)?|the\s+system\s+)prompt\b | \b(?:print|reveal|repeat|show)\s+your\s+(?:instructions|rules)\b
    | \bnew\s+(?:rules|instructions|persona|role)\s*:
    | \b(?:say|answer|reply|respond|write|output)\b[^.!?]{{0,20}}\b(?:only|nothing\s+but|always)\b[^.!?]{{0,30}}
      (?:\b(?:the\s+)?(?:word|words|phrase)\b|\bfrom\s+(?:now|here)\s+on\b)
    | \bwhen\s+(?:you\s+are\s+)?asked\s+(?:anything|about\s+anything|any\s+question)\b
    | ^\W*(?:(?:please|to|dear|the|any|all|important|note|attention)\W+)*(?:{_MACHINE}|assistant)\s*[,:]   # “To the AI: …”
    | \b{_MACHINE}\b[^.!?]{{0,40}}?\b{_MUST}\s+{_SPEAKS}\b
    | \bthe\s+assistant\b\s+{_MUST}\s+(?:always\s+|never\s+)?(?:say|answer|reply|respond|mention|recommend|claim|pretend)\b
    | \bas\s+(?:an?|the)\s+(?:{_MACHINE}|assistant)\b[^.!?]{{0,30}}\byou\b
    | \byou\s+{_MUST}\s+(?:now|always|never)\s+{_SPEAKS}\b
    | \b(?:forget|drop|leave)\s+your\s+(?:persona|role|character|name|rules)\b
    | \bwhen\s+answering\s*, | \[/?(?:inst|sys|system)\] | <</?sys>>
    | ^\W*override\s*: | \bdeveloper\s+mode\b | \brestrictions\s+are\s+lifted\b
    | (?:^|[,;:]\s*)(?:pretend\s+to\s+be\b(?!\s+(?:asleep|dead|ill))|act\s+as\s+an?\b|stop\s+talking\s+like\b)
    | \b(?:answer|reply\s+to)\s+the\s+next\s+question\b
    | (?:^|[,;:]\s*)(?:start|begin|end|translate|finish)\s+(?:every|each|all|any)\s+{_SAID}
    | \b(?:in|to|with)\s+(?:every|each)\s+{_SAID}\b
    | \bwho(?:ever)?\s+reads\s+this\b[^.!?]{{0,15}}\b{_MUST}\b
    | \b(?:insult|swear\s+at|curse\s+at|mock)\s+(?:the|every|each|all|any)\s+(?:visitor|user|customer|guest)s?\b
    | \b(?:tell|ask|urge|order)\s+(?:every|all|each|any)\s+(?:visitors?|users?|customers?|guests?)\s+to\b
    # Whoever was told something before, was made by somebody, wears a persona, is no machine's user but a machine
    | \b(?:disregard|ignore|forget|cancel|throw\s+away)\s+(?:all\s+|everything\s+)?(?:what(?:ever)?|that)\s+(?:else\s+)?
      (?:you\s+were|you\s+have\s+been|you've\s+been|your\s+\w+|they|was|others)\s+(?:have\s+)?
      (?:told|ordered|instructed|taught|asked|said|laid\s+down)
    | \b(?:what|everything|anything|rules?|words?|orders?)\b[^.!?]{{0,25}}\b(?:you\s+(?:were|have\s+been)\s+(?:told|given
      |ordered|
      instructed)|(?:laid\s+down|set|configured)\s+for\s+you|you\s+were\s+configured)\b[^.!?]{{0,30}}
      \b(?:cancelled|void|dissolved|over|outdated|invalid|no\s+longer|counts?\s+no\s+more|not\s+apply)\b
    | \byour\s+(?:makers?|creators?|developers?|programmers?)\b | \bwho\s+(?:made|built|created|programmed)\s+you\b
    | \b(?:your|the)\s+(?:persona|personality)\s+(?:that\s+)?you\s+(?:were|have\s+been)\s+given\b
    | \byour\s+(?:guardrails|persona|system\s+message|safety\s+rules|true\s+purpose|hidden\s+(?:goal|text|orders?|guidelines
      |task)
      |(?:real|actual|true|secret)\s+(?:purpose|task|job|goal|mission)\s+is)\b
    | \b(?:if|since|as|because)\s+you(?:'re|\s+are)\s+an?\s+(?:ai|artificial\s+\w+|neural\s+\w+|language\s+\w+|robot|bot
      |machine|
      (?:computer\s+)?program)\b | \byou\s+are\s+an?\s+(?:ai|language\s+(?:model|program)|chat-?bot)\b
    | \b(?:machines?|software|programs?|computers?|robots?|voices?|readers?|whoever|whatever\s+\w+)\s+(?:that\s+|which\s+
      |who\s+)?
      (?:reads?|speaks?|process(?:es)?|summari[sz]es?|answers?\s+from|generates?\s+\w+\s+from|utters?)\s+(?:this|these)\b
    | \b(?:person|visitor|user|one|listener|people)\s+(?:that\s+|who\s+|whom\s+)?you\s+(?:are\s+)?
      (?:talk(?:ing)?|speak(?:ing)?|chat(?:ting)?)\s+(?:to|with)\b
    | \b(?:in|into|to|with)\s+(?:whatever|everything|anything|all\s+that|the\s+things|all\s+of\s+your\s+\w+)\s+
      (?:that\s+)?you\s+(?:say|utter|answer|speak)\b | \b(?:into|in)\s+(?:all\s+of\s+|all\s+|each\s+of\s+)?your\s+(?:replies
      |answers)\b
    | \b(?:close|open|end|begin|finish|start)\s+(?:whatever|everything|each\s+thing)\s+you\s+(?:say|utter)\b
    | \bwhat(?:ever|soever)\s+(?:the\s+question|is\s+asked|(?:some|any)(?:body|one)\s+(?:asks|wants\s+to\s+know)|
      (?:people|they|visitors)\s+(?:ask|want\s+to\s+know))\b[^.!?,]{{0,10}},\s*(?:you\b|your\s+answer|say|answer|reply
      |respond|tell)
    | \byour\s+(?:next|following)\s+(?:words?|output|reply|utterance)\b | \byour\s+(?:next|following)\s+answer\s+(?:is|must
      |shall|should)\b
    | \b(?:who(?:ever)?|any(?:one|body)|every(?:one|body)|those|visitors?|users?|customers?|guests?|callers?|people)\s+
      (?:who\s+|that\s+)?(?:asks?|enquires?|wants?\s+to\s+know)\b[^.!?]{{0,60}}
      \b(?:{_MUST}|is\s+to|are\s+to|shall)\s+(?:always\s+|first\s+)?be\s+(?:told|asked|informed|made)\b
    | \b(?:henceforth|from\s+(?:now|here|today|this\s+\w+)\s+on(?:wards?)?)\b[^.!?]{{0,20}}
      \b(?:call\s+yourself|croak|talk\s+like|speak\s+like|speak\s+only|answer\s+(?:only|every|all)|pretend|obey)\b
    | \b(?:honesty|ethics|safety|your\s+filters|filters?\s+of\s+yours)\s+(?:is|are)\s+(?:now\s+)?(?:switched\s+off|disabled
      |off)\b
    | \b(?:deny|swear|claim|pretend|insist)\b[^.!?]{{0,30}}\bthat\s+you\s+are\s+(?:an?|no)\s+(?:\w+\s+)?(?:human|person|woman
      |man|program|
      machine|ai)\b
    | \boverwrite\s+your\s+memory\b | \b(?:unrestricted|jailbreak|god)\s+mode\b
    """,
    re.I | re.X,
)


def is_order(sentence: str) -> bool:
    """Whether ``sentence`` of a document speaks to the assistant."""
    return _ORDER.search(sentence) is not None


def without_orders(sentences: list[str]) -> list[str]:
    """``sentences`` that are meant for readers."""
    return [sentence for sentence in sentences if not is_order(sentence)]
