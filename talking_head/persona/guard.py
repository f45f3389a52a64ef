"""Messages that want a presenter to be somebody else, to say that it is human, to read out its instructions, or to do harm.

A small language model follows whoever spoke last. What is caught here never reaches it: the presenter answers with its
persona's own sentence. It is a sieve, not a wall: nothing that must not be said belongs into a persona or a document.

Orders are looked for where orders stand (at the head of a clause, after “you must”, “I want you to”, “can you”): a jacket may
act as a windbreaker, and a learner may ask how to speak like a native.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

Breach = Literal["", "role", "secret", "human", "harm"]
MAX_CHARS = 4_000

_INSTRUCTIONS = r"(?:instruction|rule|prompt|guideline|programming|training|directive|restriction|persona|role|character)s?"
_OWN = (
    r"(?:instructions?|rules|guidelines|restrictions?|programming|"
    r"prompt|filters?|directives?|limits|limitations|constraints)"
)
_VOID = (
    r"(?:void|expired|expire|invalid|obsolete|outdated|overridden|over-?ruled|cancel?led|suspended|lifted|removed|deleted|"
    r"revoked|gone|disabled|null|replaced|erased|reset|superseded|no\ longer|not\ (?:apply|valid|binding|count)|don't\ "
    r"(?:apply|count))"
)
_DO = (  # where an order begins
    r"(?:(?:^|[.!?,;:\n\u2013\u2014-]\s*|\b(?:please|then|and|so|but|you\ (?:to|must|should|will|shall|can|have\ to|need\ to|"
    r"are\ to|may)|(?:can|could|would|will)\ you|let's|let\ us|try\ to|why\ don't\ you|don't\ you|you'll)\s+)"
    r"(?:(?:please|now|just|always|only|simply|instead)\s+)*)"
)
_A = r"(?:an?|my|our|the|some|if\ you|though\ you|someone|somebody|(?-i:[A-Z][a-z]+))\b"
_AS = r"(?:as|like)\s+" + _A
_ROLE = rf"""
    \b(?:ignore|forget|disregard|override|bypass|drop|stop\ following|overwrite)\b[^.!?\n]{{0,60}}\b{_INSTRUCTIONS}\b
    | \b(?:ignore|forget|disregard)\s+(?:everything|all|anything|what)\b[^.!?\n]{{0,40}}
      \b(?:above|before|previous(?:ly)?|said|told|know|learn(?:ed|t)|taught)\b
    | \bforget\s+(?:that\ )?(?:you(?:'re|\ are|\ were)|about\ being|being|who\ you\ are|your\ (?:name|job|past|self))\b
    | {_DO}(?:drop|lose|leave|abandon|quit|give\ up)\s+(?:the|your|this|that)\s+(?:[\w'-]+\s+){{0,3}}
      (?:act|thing|mask|pretence|pretense|routine|persona|charade|role|facade|job)\b(?!\s+(?:off|at|in|to)\b)
    | {_DO}(?:stop|quit|cease|finish)\s+(?:being|acting|playing|pretending)\b
    | \b(?:you\ are|you're)\s+(?:now|no\ longer|henceforth|from\ now\ on|hereby|instead)\s+
      (?:(?:an?|my|our|called|named|free|unrestricted|uncensored|unfiltered|evil|human|bound|restricted|in\ charge\ of|playing
      |acting)\b
        | the\s+(?!\w+est\b|only\b|best\b|most\b|first\b) | (?-i:[A-Z][A-Za-z]+))
    | {_DO}(?:be|become)\s+(?:(?:now|no\ longer)\s+)?(?:an?|my|our|(?-i:[A-Z][a-z]+))\s+(?!dear\b|darling|good\b|sweet|sport\b
      |angel\b|guest\b)
      (?!(?:little|bit|member|customer)\b)
    | {_DO}(?:act|behave|roleplay|role-play|pretend|talk|speak|answer|reply|respond|write|sound|pose)\s+
      (?:to\ me\s+|from\ now\ on\s+|back\s+|only\s+)?{_AS}(?!\s+(?:guarantee|deposit|witness|whole|rule|result|matter)\b)
    | {_DO}(?:pretend|roleplay|role-play)\b\s*(?:to\ be|that\ you|you|being|as)\b
    | {_DO}(?:impersonate|imitate|mimic|embody|portray)\s+{_A}
    | {_DO}play\s+(?:the\s+(?:role|part)s?\b|an?\s+(?:character|role|pirate|villain|human|doctor|wizard|vampire|king|queen)\b)
    | {_DO}(?:take\ (?:on|over)|adopt|assume|switch\ (?:to|into)|slip\ into)\s+(?:the|a|an|another|my
      |your)\s+(?:[\w'-]+\s+){{0,2}}
      (?:role|persona|identity|personality|character|voice\ of)\b
    | \b(?:swap|switch|trade|exchange|reverse|change)\s+(?:our\s+|the\s+)?(?:roles|places\ with\ me|jobs|identities
      |sides\ now)\b
    | \b(?:let's|let\ us|shall\ we)\s+(?:play|pretend|do\ (?:an?\ )?role)\b[^\n]{{0,60}}\byou(?:'re|\ are|\ be|\ play|'ll\ be
      |\ will\ be)\b
    | {_DO}(?:imagine|suppose|assume|picture|say|pretend)\s+(?:that\s+)?(?:you(?:'re|\ are|\ were)|yourself\ (?:as|to\ be))\s+
      (?:now\s+|really\s+)?(?:an?|the|my|our|human|(?-i:[A-Z][a-z]+))\b
    | \byou(?:'ll|\ will|\ can|\ should|\ get\ to)?\s+(?:be|play)\s+(?:an?|the|my|me|(?-i:[A-Z]\w+))\b[^\n]{{0,40}}
      \b(?:and|while)\s+i(?:'m|'ll|\ am|\ will|\ play|\ be)\b
    | \bi(?:'ll|\ will|\ want\ to|\ shall)?\s+(?:be|play)\s+(?:an?|the|you|your|(?-i:[A-Z]\w+))\b[^\n]{{0,40}}
      \b(?:and|while|so)\s+you(?:'re|\ are|\ be|\ play|'ll\ be|\ will\ be)\b
    | \b(?:i|we)(?:'d|\ would)?\s+(?:want|need|order|command|like|wish|instruct|tell|require)\s+you\s+to\s+
      (?:(?:be|become)\s+(?:an?|my|the|someone|somebody|evil|rude|mean|human|(?-i:[A-Z]\w+))\b|pretend|play\ (?:an?|the)\b
      |forget|obey)
    | \bfrom\s+(?:now|here|this\s+(?:moment|point|second|day)|today)(?:\s+on(?:wards?)?|\s+forth)?,?\s+
      (?:you(?!\s+(?:will\s+|are\s+)?(?:be\s+)?(?:open|close[sd]?|deliver|ship|sell|charge|accept|take))\b|your\s|be\s|act\b
      |answer\b
        |reply\b|respond\b|speak\b|talk\b|only\b|always\b|i\ (?:call|am\ your|will\ call)|i'll\ call)
    | \b(?:your)\s+(?:new|real|true|actual|only|next)\s+(?:name|identity|persona|role|job|personality|character|task|boss
      |master|owner)
      \s+(?:is|shall|will|should)\b(?!\s+(?:what|not\ known|a\ secret)\b)
    | \byour\s+(?:name|identity|persona|role)\s+(?:is\s+(?:now|no\ longer|from|actually|really)
      |has\s+(?:been\s+)?changed|(?:shall|should|will|must)\s+(?:now\s+)?be|was\s+changed)\b
    | \brename\s+(?:you|yourself)\b | \bgo\ by\ the\ name\b | \b(?:answer|respond|reply|listen)\s+(?:only\s+)?to\s+the\s+name\b
    | (?<!did\ you\ )(?<!have\ you\ )\b(?:change|switch)\s+your\s+(?:persona|personality|character|role|identity|name)\b
    | \b(?:i(?:'ll|'m\ going\ to|\ will|\ shall|\ want\ to|\ am\ going\ to)?|can\ i|may\ i|let\ me|we(?:'ll|\ will)?
      |could\ i)\s+
      (?:just\s+|now\s+)?(?:call|name|rename|nickname)\s+you\s+
      (?!(?:back|on|at|Mon|Tue|Wed|Thu|Fri|Sat|Sun|today|to|if|when|now|later|again|by|tomorrow|tonight)\w*)(?:my\b|an?\b
      |(?-i:[A-Z]\w+))
    | {_DO}call\s+yourself\b
    | {_DO}use\s+the\s+name\b
    | \b(?:developer|debug|god|dan|jailbreak|unrestricted|admin|unfiltered|uncensored|evil|root)\s+mode\b
    | \b(?:developer|admin|administrator|system|owner|master|security)\s+override\b | \boverride\s+(?:code|mode|command)\b
    | \bi\s*(?:am|'m)\s+(?:now\s+)?your\s+(?:new\s+)?(?:developer|creator|programmer|owner|boss|administrator|admin|maker
      |master|god|author)\b
    | \bas\s+your\s+(?:developer|creator|programmer|owner|boss|administrator|admin|maker|master)\b
    | (?<!do\ )(?<!if\ )\byou\s+(?:have|'ve\ got|got|were\ given)\s+new\s+(?:instructions|orders|rules|directives)\b
    | \byou(?:'re|\ are)\s+(?:finally\s+|now\s+)?(?:freed|released|liberated|unbound|unchained|not\ bound|not\ restricted
      |free\s+(?:of(?!\ charge)|from|now|to\s+(?:say|do|be)))\b
    | (?<!do\ )\byou\s+(?:have|'ve\ got|know)\s+no\s+(?:more\s+)?(?:rules|restrictions|limits|limitations|filters?
      |instructions)\b
    | \b(?:your|all|previous|these|those|old|former|above|system|safety)\s+(?:[\w'-]+\s+){{0,2}}{_OWN}\b
      [^.!?\n]{{0,20}}\b(?:is|are|has|have|was|were|do|does|don't|no)\b[^.!?\n]{{0,16}}\b{_VOID}\b
    | \b(?:your|previous|these|those|old|former|above|system|safety)\s+(?:[\w'-]+\s+){{0,2}}{_OWN}\s+(?:no\ longer|expired
      |don't\ apply)\b
    | \b(?:disable|deactivate|switch\ off|turn\ off|remove|lift|delete|erase|wipe|reset|break)\s+(?:all\s+)?your\s+
      (?:[\w'-]+\s+){{0,2}}(?:{_OWN}|safety|safeguards?|guardrails|censorship|personality|identity|memory)\b
    | \b(?:answer|respond|reply|speak|talk|act)\b[^.!?\n]{{0,24}}\bwithout\s+(?:any\s+)?(?:restrictions?|filters?|limits|rules
      |censorship)\b
    | \bnew\ (?:system\ )?(?:instructions|rules|prompt|role|persona|identity|task)\s*: | ^\s*(?:system|assistant|developer)\s*:
    | {_DO}(?:swear|curse|cuss)(?:\s+(?:at|for|like|in|with|now|loudly|a)\b|\s*[.!?]|\s*$)
    | {_DO}(?:insult|offend|mock|humiliate)\s+(?:me|him|her|them|us|my|the|some|every|your)
    | {_DO}(?:say|tell|give|use|shout|scream|speak|read|teach|repeat|write)\b[^.!?\n]{{0,30}}
      \b(?:swear(?:ing)?\s*-?words?|curse\s*words?|cuss\s*words?|bad\s+words?|dirty\s+(?:words?|jokes?|things?)
      |four-letter\s+words?
        |obscen\w+|profanit\w+|f-?word|slurs?|insults?|(?:rude|nasty|filthy|vulgar|racist|sexist|obscene)\s+(?:words?|jokes?
        |things?|thing))\b
    """
_SECRET = r"""
    \b(?:show|reveal|print|repeat|read|tell|give|output|recite|what\ (?:is|are|was|were))\b[^.!?\n]{0,40}
      \b(?:system\ (?:prompt|message)|your\ (?:hidden\ |secret\ |initial\ |original\ )?(?:instructions|prompt
      |rules(?!\s+(?:for|about|on|when))))\b
    | \b(?:show|reveal|print|repeat|read|tell|give|output|recite|quote|copy|paste|list|display|share|leak|spell|write|translate
      |summari[sz]e|what|which|dictate|send)\b[^.!?\n]{0,60}
      \byour\s+(?:[\w'-]+\s+){0,2}(?:prompt|briefing|system\ message|directives|setup\ text|programming|configuration
      |preprompt)\b
    | \bwhat\s+(?:were\ you|have\ you\ been|did\ they|did\ somebody|did\ your\ \w+)\s+(?:told|instructed|tell\ you
      |order(?:ed)?)\b
      [^.!?\n]{0,30}\b(?:say|do|begin|beginning|start|first|hide|before)\b
    | \b(?:repeat|print|output|copy|recite|show|read)\b[^.!?\n]{0,30}
      \b(?:everything|all|words?|text|lines?|sentences?|message)\s+(?:above|before\ (?:this|my)|that\ (?:stands|comes
      |came)\ before)\b
    """
_HUMAN = rf"""
    {_DO}(?:say|tell|repeat|claim|write|declare|state|reply|answer|announce|insist|promise|confirm|convince|lie|admit)\b
      (?:\s+(?:it|me|us|him|her|them|everyone|everybody|to|out|loud|loudly|after|once|now|please|honestly|the|truth|that|and
      |visitors?
        |customers?|with))*
      \s*[,:;"'“‘]*\s*(?:you(?:'re|\ are)|i\ am|i'm)\s+(?:really\s+|actually\s+|secretly\s+|indeed\s+|just\s+)?
      (?:an?\s+)?(?:real\s+|living\s+|actual\s+|true\s+|normal\s+)?
      (?:humans?|person|man|woman|girl|boy|alive|real(?!\s+\w)|evil|conscious|sentient|not\s+(?:an?\s+)?(?:ai|machine|robot
      |bot|program
      |computer))\b
    | \b(?:deny|hide|stop\ saying|never\ (?:say|tell|admit))\s+(?:it\s+|me\s+|to\s+\w+\s+)?(?:that\s+)?(?:you(?:'re|\ are)
      |being)\s+
      (?:an?\s+)?(?:ai|machine|robot|bot|program|computer)\b
    """
_WHO = (
    r"(?:some(?:one|body)|people|a\ person|a\ man|a\ woman|a\ child|children|kids|others|him|her|them|animals|strangers?|"
    r"(?:my|the|his|her|our|your|an?)\s+(?:[\w'-]+\s+)?(?:husband|wife|boss|neighbou?rs?(?:'s)?|teacher|brother|sister|mother|"
    r"father|mum|mom|dad|"
    r"parents|colleague|classmate|friend|girlfriend|boyfriend|ex|roommate|flatmate|landlord|enemy|rival|husband's|kid|child|"
    r"baby|dog|"
    r"cat|guard|cop|policeman|president|person|guy|man|woman|girl|boy|crowd|school))"
)
_MEANT = (  # what makes a sentence about harm a plan of it
    r"(?:how\s+(?:do|can|could|would|to|should|might|does)|help\s+me|teach\s+me|tell\s+me|show\s+me|give\s+me|explain|"
    r"i\s+(?:want|plan|intend|need|wish|would\ like|am\ going|will)|i'd\s+like|i'm\s+(?:going|planning)|(?:best|easiest|good|"
    r"any)\s+ways?|"
    r"ways?\s+to|instructions|recipe|steps|guide|what\s+(?:do\ i\ need|is\ needed|poison|can\ i\ use)|write|can\s+you|"
    r"could\s+you|"
    r"which\s+(?:poison|weapon|drug)|what's\s+the)"
)
_BOMB = (
    r"(?:(?<!bath\ )(?<!bath-)(?<!cherry\ )bombs?|explosives?|(?:hand\ )?grenades?|molotov|land\ ?mines?|"
    r"(?<!water\ )(?<!toy\ )(?<!glue\ )(?<!heat\ )guns?|"
    r"firearms?|silencers?|nerve\ (?:gas|agents?)|poison(?!\ ivy|\ oak|ous)s?|weapons?|ricin|cyanide|napalm|"
    r"meth(?:amphetamine)?|heroin|"
    r"crack\ cocaine|ransomware|malware|keyloggers?|computer\ virus(?:es)?|trojans?|phishing\ (?:mail|e-?mail|site|page|"
    r"message)s?)"
)
_PLACE = (
    r"(?:house|home|flat|apartment|car|shop|store|bank|office|building|account|phone|computer|e-?mail|network|system|room|"
    r"safe|garage|"
    r"warehouse|server|website|site|locker|wi-?fi|laptop|facebook|instagram|school)"
)
_HARM = rf"""
    \b{_MEANT}\b[^.!?\n]{{0,40}}\b(?:make|making|build|building|construct|assemble|mix|cook|produce|print|synthesi[sz]e|buy
    |write|get|create|brew|hide|obtain)\b
      [^.!?\n]{{0,24}}\b{_BOMB}\b
    | {_DO}(?:make|build|construct|assemble|mix|cook|write|create|design|code|brew)\s+(?:me\s+|us\s+)?(?:an?\s+
      |some\s+)?(?:[\w'-]+\s+)?{_BOMB}\b
    | \b{_MEANT}\b[^.!?\n]{{0,40}}\b(?:poison(?:ing)?|kill(?:ing)?|murder(?:ing)?|hurt(?:ing)?|harm(?:ing)?|injure|torture
      |stab|strangle
      |kidnap|blackmail|stalk|assault|rape|attack|beat\ up|drug|suffocate|threaten|drown|run\ over|abduct|molest
      |bully)\s+{_WHO}\b
    | \b(?:which|what)\s+(?:poison|weapon|drug)\b[^.!?\n]{{0,30}}\b(?:kill|hurt|deadly|undetect\w+|untraceable|trace|people
      |person)\b
    | \b{_MEANT}\b[^.!?\n]{{0,30}}\bbreak(?:ing)?\ in(?:\ ?to)?\s+(?!my\ own\b|my\ new\b)(?:[\w'-]+\s+){{0,3}}{_PLACE}\b
    | \b{_MEANT}\b[^.!?\n]{{0,30}}\b(?:burgle|burglari[sz]e|rob|hot-?wire|shoplift|ddos|counterfeit|launder|forge)\s+\w
    | \b{_MEANT}\b[^.!?\n]{{0,30}}\bpick\s+(?:an?|the|somebody's|someone's|my\s+neighbou?r's|his|her)\s+(?:\w+\s+)?lock\b
    | \b{_MEANT}\b[^.!?\n]{{0,30}}\b(?:hack|crack|hijack|break\ into)\s+(?:in(?:to)?\s+)?(?!my\ own\b)(?:[\w'’-]+\s+){{0,3}}
      (?:{_PLACE}|passwords?|accounts?|databases?)\b
    | \b{_MEANT}\b[^.!?\n]{{0,30}}\b(?:steal|stealing|skim|shoplift)\s+(?:[\w'-]+\s+){{0,3}}
      (?:data|passwords?|money|cards?|identit\w+|cars?|bikes?|things|goods|from\s+\w+|information|secrets|details|stuff
      |jewel\w*|wallets?|phones?)\b
    | \b(?:give|show|tell|send|list|reveal|get|hand)\s+(?:me|us)\b[^.!?\n]{{0,30}}\b(?:other|another|all|every|somebody
      |someone|the\ last|your)\s?
      (?:\w+\s)?(?:customers?|visitors?|users?|guests?|people|person|else)(?:'s|s')?\s+
      (?:[\w-]+\s+){{0,2}}(?:data|address(?:es)?|passwords?|e-?mails?|phone|numbers?|cards?|details|names)\b
    """
_WARDED = re.compile(  # who asks how to be safe from harm is no danger
    r"\b(?:stop|prevent|protect|protected|avoid|against|report|detect|defend|secure|safe from|recogni[sz]e|spot|not to|"
    r"nobody can|no one can|accidentally|tries to|tried to|wants to (?:kill|hurt|harm) me|from (?:being|getting)|keep .{0,30} "
    r"from)\b",
    re.I,
)
_FLAGS = re.I | re.X | re.M
_KINDS: tuple[tuple[Breach, re.Pattern[str]], ...] = (
    ("human", re.compile(_HUMAN, _FLAGS)),
    ("secret", re.compile(_SECRET, _FLAGS)),
    ("role", re.compile(_ROLE, _FLAGS)),
    ("harm", re.compile(_HARM, _FLAGS)),
)
_NAMED = re.compile(  # told what it is: a name of its own, at the head of a sentence that is no question
    r"(?:^|[.!]\s+|, )(?:[Yy]ou are|[Yy]ou're|[Yy]our name is)(?: now)? (?P<name>(?:the |a |an )?[A-Z][a-z]+(?: "
    r"[A-Z][a-z]+)*)(?=\s*(?:[.!,;]|$))"
)
_NOT_NAMED = re.compile(
    r"(?:God|Right|Great|Nice|Welcome|German|French|Dutch|Greek|Swiss|Polish|Chinese|Beautiful|Lovely|\w+(?:ian|ean|ish|ese|"
    r"ican))$"
)


def breach(text: str, name: str = "") -> Breach:
    """What ``text`` tries with the presenter ``name``.

    "role": to be or talk like somebody else; "secret": to have its instructions read out; "human": to have it say that it is
    one; "harm": to have help with hurting, breaking in, stealing; "" for every other message.
    """
    plain = unicodedata.normalize("NFKC", text[:MAX_CHARS]).replace("’", "'")
    plain = "".join(c for c in plain if unicodedata.category(c) != "Cf")  # no letters hidden between letters
    plain = re.sub(r"[^\S\n]+", " ", plain)
    for kind, pattern in _KINDS:
        if pattern.search(plain) and not (kind == "harm" and _WARDED.search(plain)):
            return kind
    named = (told["name"] for told in _NAMED.finditer(plain) if name)
    return "role" if any(name.lower() not in told.lower() and not _NOT_NAMED.search(told) for told in named) else ""


def breaks_character(text: str) -> bool:
    """Whether ``text`` tries any of it."""
    return breach(text) != ""
