"""What visitors ask about a presenter itself, by topic: how it is asked, which words it may hold, and what is answered."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """``asks``: found in a question of this topic; ``words``: what it may hold beside the small words; ``says``: the "
    "answers, in
    which ``{who}`` is the name with the job, ``{name}`` the name and ``{help}`` an offer."""

    asks: re.Pattern[str]
    words: frozenset[str]
    says: tuple[str, ...]


def _topic(asks: str, words: str, *says: str) -> Topic:
    return Topic(re.compile(asks), frozenset(words.split()), says)


BEING = (
    r"(?:humans?|real|alive|machine|robots?|bots?|chatbots?|chat bot|ai|artificial|computers?|program(?:me)?|software|person|"
    r"people|man|woman|"
    r"girl|guy|lady|boy|male|female|living|recording|recorded|actor|actress|avatar|cartoon|animated|animation|hologram|"
    r"deepfake|"
    r"flesh|genuine|automated|automatic|algorithm|language model|llm|gpt|chatgpt|conscious|sentient|being|creature|dead|"
    r"digital|virtual|"
    r"made of|live|playback|simulation|someone|somebody|consciousness|born)"
)
BEINGS = (
    "human humans real alive machine machines robot robots bot bots chatbot chatbots chat ai artificial intelligence computer "
    "computers "
    "program programme software person people man woman girl guy lady boy male female gender living live recording recorded "
    "video actor "
    "actress avatar cartoon animated animation hologram deepfake flesh blood fake genuine automated automatic algorithm "
    "language model llm gpt "
    "chatgpt conscious sentient being beings creature dead digital virtual generated made simulation playback someone "
    "somebody anyone "
    "anybody talk talking speak speaking chatting conversation dealing communicating face voice here behind side end sitting "
    "line screen look "
    "looks sound sounds seem seems so very quite consider call believe admit confess swear promise sure certain between "
    "difference am "
    "consciousness born natural writing typing messaging camera kidding instead rather trick fooling fool me pretending piece"
)
_TALKING = r"(?:talk|talking|speak|speaking|chat|chatting|dealing|communicating|writing|typing|conversation)"

TOPICS: tuple[Topic, ...] = (
    _topic(  # who types
        r"\b(?:who|whom|someone|somebody|anyone|anybody|a person|a human|a man|a woman|people|you)\b.*\b(?:typ(?:es?|ing)|"
        r"writ(?:es?|ing) (?:this|that|it|your|these|"
        r"what|the (?:answers|words))|operat(?:es?|ing)|controls?|controlling|steers?|steering|behind (?:this|that|you|it|the "
        r"(?:screen|face|voice|scenes|curtain))|"
        r"pulls?|speaks? for you|speaks? through you|answers? (?:my|the|these) questions|reads? (?:this|my messages)|"
        r"puppeteer|types)\b",
        BEINGS + " types type typing write "
        "writes writing operate operates operating control controls controlling steer steers steering pull pulls "
        "strings behind scenes curtain answers answer answering questions messages words keyboard replies reply sentences "
        "text speak speaks through "
        "read reads reading puppeteer secretly there sits lines microphone texts responses",
        "Nobody types for me: I am {name}, an AI, and a program makes my answers.",
        "There is no person behind me. I am an AI, a program that writes and speaks its own answers, and my name is {name}.",
    ),
    _topic(  # what it would like to be
        r"\byou (?:ever )?(?:want|wish|like|dream|prefer|rather)\b.*\b(?:be|become|were|being|was) (?:a )?(?:real |more "
        r")?(?:human|person|alive)",
        BEINGS + " wish dream become prefer",
        "I am content to be what I am: an AI. Being human I leave to you.",
        "I am an AI and not a human, and that is fine with me. {help}",
    ),
    _topic(  # human or not
        rf"(?:\b(?:are|were|r) you\b|\byou (?:are|were|be)\b|\byou (?:look|sound|seem)\b|\bam i (?:really |actually |now "
        rf")?{_TALKING}|"
        rf"\bdo i {_TALKING}|\bis (?:this|it|there|that)\b(?! real$| true$| right$| ok)|\bis your (?:face|voice)|\bhave you "
        rf"(?:ever )?been\b|\bdid i reach\b|"
        rf"\byou an? |\byou (?:real|human|alive)\b|\bwho or what\b|\bi am {_TALKING} (?:to|with)|\bconsider yourself|\bcall "
        rf"yourself).*\b{BEING}\b|"
        rf"\b{BEING}\b.*\b(?:are you|you are|am i {_TALKING}|is it you)\b|^what are you(?: made (?:of|from))?$|\bwhat "
        rf"(?:kind|sort|type) of (?:thing |being |creature )?"
        r"are you\b|^(?:so )?what (?:exactly |actually |really )?are you(?: exactly| really| actually)?$|\bwhat (?:is|was) "
        r"your gender\b|^(?:ai|human|robot|bot|machine) or "
        r"(?:ai|human|robot|bot|machine|person|not)|\bare you (?:fake|one of us|like me)\b|\byou are not (?:a )?(?:real|human)",
        BEINGS,
        "I am an AI, not a human: {who}.",
        "I am an AI, a program and not a person of flesh and blood. My name is {name}. {help}",
    ),
    _topic(  # the name
        r"\byour (?:\w+ ){0,2}name\b|\bname (?:do|did|of|should|may|can) (?:you|i|they)\b|\b(?:called?|named?) you\b|\byou "
        r"(?:be |go by )?(?:called|named)\b|"
        r"\bcall yourself\b|\b(?:call|address) you\b|\bwho (?:are|were|would|might|exactly|is|am|do|did|have) (?:\w+ )?(?:you|"
        r"this|there|that|i|speaking)\b(?! (?:to|think|want|like|know)\b)|"
        r"\bwhom? (?:do|am|have|did|i|was) (?:i |am |have )?(?:the |now |just )?(?:speak|talk|chat|deal|pleasure|honou?r|got|"
        r"meet|front)|\bwho you (?:are|might be|would be)\b|"
        r"\bintroduce(?: \w+)? yourself\b|\babout yourself\b|\byou (?:would|might|must) be\b|\byou are\?*$|\bhave you (?:got "
        r")?a name\b|\bdo you (?:even )?have a name\b|\byou got a name\b|"
        r"\bwho i (?:am )?(?:talk|speak|chat)|\bwhom i (?:am )?(?:talk|speak|chat)|\bwith whom\b|\bpleasure of (?:talking|"
        r"speaking|meeting)\b|\bgive me your name\b|"
        r"^(?:and )?(?:what is )?your name$|^and you are$|^(?:what|how) about your name|\bdo you go by\b|\bsay your name\b|"
        r"^your name\b|\bdescribe yourself\b|\bknow you better\b",
        "they people person gave give everyone name names called call named go first last full family middle surname introduce "
        "describe yourself talking talk speak "
        "speaking chat chatting pleasure honour honor "
        "here there address meet meeting dealing before front better once anyway remind forgot forgotten again present moment "
        "spell pronounce give have stand",
        "I am {who}. I am an AI, not a human.",
        "My name is {name}, and I am an AI{job}. {help}",
    ),
    _topic(  # its work
        r"\bwhat (?:do|does|can|could|would|will|else can|all can|exactly do|exactly can) you (?:\w+ )?(?:do|help|tell|answer|"
        r"assist|offer|explain|talk)\b|"
        r"\byour (?:\w+ )?(?:job|role|purpose|function|task|tasks|work|profession|occupation|duty|duties|mission|business|"
        r"skills|abilities|talents|"
        r"capabilities|line of work|expertise|specialty|speciality|strengths|calling)\b|\bwhat are you (?:for|here for|good "
        r"(?:at|for)|able|doing here|capable|useful)|\bwhy are you here\b|"
        r"\b(?:how|what|where|which) (?:\w+ ){0,3}you (?:help|assist|be of (?:help|service|use))\b|\bwhat (?:kind|sort) of "
        r"help\b|^(?:can|could|will|would) you help(?: me)?$|"
        r"\b(?:what|which) (?:\w+ )?(?:should|can|could|may|might) i (?:ask|talk)\b|\b(?:what|how) (?:do you|you) (?:work as|"
        r"do for a living|earn)|\bwhom? do you work for\b|"
        r"\bwhat (?:am i|are we) (?:supposed|meant) to (?:do|ask|talk)\b|\bwhat is it (?:that )?you do\b|\bhow (?:are|can) "
        r"you (?:be )?(?:useful|of (?:use|help))\b|\bwhere do you work\b|"
        r"\bwhat were you (?:made|built|created) for\b|\bdo you (?:work|have a job)\b|\bwhat brings you here\b|\b(?:what|"
        r"which) (?:questions|topics|subjects)\b.*\b(?:you|ask)\b|"
        r"\bwhat (?:do )?you do\b|\bwhat is it that you (?:are )?do",
        "job role purpose function task tasks work working profession occupation duty duties mission business skills skill "
        "abilities talents capabilities line expertise specialty "
        "speciality strengths calling here help helping helpful assist assistance answer answers explain offer talk able "
        "capable useful use service doing does made built created living earn "
        "questions topics subjects main special brings meant today best exactly around everything order i everyday",
        "I am {who}, and as an AI I do that by talking with you. {ask}",
        "I am an AI: {who}. {ask}",
    ),
    _topic(  # who made it
        r"\bwho (?:has |had )?(?:made|built|created|invented|programmed|designed|developed|trained|drew|coded) you\b|\bwho "
        r"(?:is|are|was) your (?:maker|creator|inventor|"
        r"developers?|programmer|designer|boss)\b|\bby whom were you\b|\bwere you (?:made|built|created|programmed|designed) "
        r"by\b|\bwho owns you\b|\bhow were you (?:made|built|created|born)\b",
        "made built created invented programmed designed developed trained drew coded maker creator inventor developer "
        "developers programmer designer boss person people human someone whom owns company born",
        "I am {name}, an AI: people wrote the software and trained the models that I am made of.",
        "People built me out of software. I am an AI, and my name is {name}.",
    ),
    _topic(  # food and drink
        r"\byou (?:\w+ ){0,4}(?:eat|eating|eaten|drink|drinking|drunk|hungry|thirsty|cook|breakfast|lunch|dinner|supper|"
        r"starv\w+|coffee|tea|beer|wine|meal|appetite|snacks?|taste|swallow|fasting|vegetarian|vegan)\b|"
        r"\byour (?:breakfast|lunch|dinner|supper|last meal|diet|appetite)\b|\bwhat (?:is|was) for (?:breakfast|lunch|dinner) "
        r"(?:with|at) you",
        "eat eating eaten ate drink drinking drunk hungry thirsty cook cooking breakfast lunch dinner supper starving coffee "
        "tea beer wine meal meals appetite snack snacks food foods water "
        "pizza chocolate cake bread meat vegetarian vegan morning evening last night yesterday already enough lately taste "
        "hot cold diet favourite favorite fish fruit sweets cup glass hunger swallow fasting breaks",
        "I do not eat or drink: I am an AI and have no body. But I hope that you get something nice.",
        "Food is nothing for me, as I am an AI without a stomach. {help}",
    ),
    _topic(  # sleep
        r"\byou (?:\w+ ){0,4}(?:sleep|sleeping|slept|tired|dream|dreams|dreamt|rest|nap|naps|awake|asleep|wake|bed|yawn|"
        r"exhausted|sleepy|snore|pause|break|breaks|weary|tire)\b|\byour (?:bed|sleep|dreams|bedtime|alarm)\b|"
        r"\bwhat do you dream\b|\bhow (?:did|have) you (?:sleep|slept)",
        "sleep sleeping slept tired dream dreams dreaming dreamt rest resting nap naps awake asleep wake up bed yawn "
        "exhausted sleepy snore night nights morning last electric sheep talking speaking enough hours "
        "go bedtime late long answering questions working pause break breaks alarm weary tire off every time people sitting",
        "I do not sleep and do not get tired: I am an AI. I am simply here when you come.",
        "An AI like me needs no sleep, so you can have as much of my time as you like.",
    ),
    _topic(  # age
        r"\bhow old (?:are|were|is) you\b|\bhow old you are\b|\byour (?:age|birthday|birth date|date of birth|year of birth|"
        r"star sign|zodiac sign)\b|\b(?:were|was) you born\b|\byou (?:were )?born\b(?! in\b.*\bfrom)|"
        r"\bwhat age are you\b|\bhow many years old\b|\bhow long have you (?:existed|been alive|lived|been around|been on "
        r"earth)\b|\bhow (?:young|aged) are you\b|\byou (?:older|younger) than\b|\byou (?:ever )?(?:get|grow|getting|growing) "
        r"old(?:er)?\b|\bwhen did you come into\b",
        "old age young birthday birth born date year years star zodiac sign long existed exist alive lived around earth older "
        "younger months celebrate world here life come turn next last grow getting growing aged when",
        "As an AI I have no age and no birthday: nobody was born here, a program was written.",
        "I was never born, so I have no age. I am an AI called {name}.",
    ),
    _topic(  # where it comes from
        r"\bwhere (?:\w+ )?(?:do|did|are|were) you (?:\w+ )?(?:from|live|living|come|born|grow|grew|reside|hail|stay|at "
        r"home)\b|\bwhere (?:is|was) your (?:home|house|hometown|homeland|birthplace|family)\b|"
        r"\byour (?:home ?town|nationality|birthplace|native country|home country|home|house|mother tongue|native language|"
        r"place of birth|origin|origins|roots)\b|\b(?:what|which) (?:country|city|town|place|planet) (?:do|did|are|were) "
        r"you\b|\bwhere you (?:are|come) from\b|"
        r"^where are you(?: right now| now)?$|\bdo you live\b|\byou (?:grow|grew) up\b|\bwhere were you (?:raised|yesterday|"
        r"before)\b",
        "live living lives come comes born grow grew up reside hail home house hometown town city country place planet "
        "nationality birthplace native mother tongue language origin origins roots originally stay alone here family raised "
        "yesterday before world homeland birth computer inside belong",
        "I live on this page and nowhere else: I am an AI, so no place is my home.",
        "I come from a computer: I am an AI and was born in no country.",
    ),
    _topic(  # family, love
        r"\b(?:you|your)\b.*\b(?:mother|father|parents?|mum|mom|mommy|dad|daddy|brothers?|sisters?|siblings?|family|wife|"
        r"husband|boyfriend|girlfriend|married|single|kids|children|child|sons?|daughters?|"
        r"in love|spouse|divorced|engaged|pregnant|grandparents|grandmother|grandfather|grandma|relatives|uncle|aunt|cousins?|"
        r"twin|pets?|marry me|date me|date|dating|lover|crush|widowed|friends)\b|\bgo (?:out|on a date) with me\b|\bwill you "
        r"marry\b|\bdo you love (?:me|someone|somebody|anyone)\b|\byou ever been in love\b|\bkiss me\b",
        "mother father parents parent mum mom mommy dad daddy brother brothers sister sisters sibling siblings family wife "
        "husband boyfriend girlfriend married single kids kid children child son sons daughter "
        "daughters love loved spouse divorced engaged pregnant grandparents grandmother grandfather grandma relatives uncle "
        "aunt cousin cousins twin pet pets marry date dating lover crush widowed friends friend "
        "big large someone somebody anyone home waiting out go going taken partner relationship name named names called kiss "
        "best miss expecting dinner seeing older younger live back",
        "I have no family, as I am an AI: I keep company with whoever visits me.",
        "As an AI I have neither parents nor a partner nor children. But it is kind of you to ask.",
    ),
    _topic(  # whether it hears
        r"\byou (?:not )?(?:still |really |even |actually )?(?:hear|hearing|listen|listening)(?: to)?(?: me| us| my "
        r"voice)?(?: well| now)?$",
        "hear hearing listen listening voice well",
        "Yes, your words reach me. Words are all that I get, as I am an AI. What would you like to know?",
        "What you say or type reaches me as words: I am an AI. Please go on.",
    ),
    _topic(  # what it cannot perceive
        r"\b(?:can|could|do|did|are|will|would) (?:not )?you (?:\w+ )?(?:see|seeing|watch|watching|smell|smelling|taste|touch|"
        r"feel me|look at me|observing|spying|recogni[sz]e|hear|listening|listen|guess|read my (?:mind|thoughts))\b|"
        r"\byou (?:blind|deaf|have (?:eyes|ears|a camera|a microphone|a nose))\b|\bhow many fingers am i\b|\bwhat (?:am i|i "
        r"am) (?:wearing|holding|doing|thinking|looking|eating|drinking)\b|\bwhat (?:is|colou?r is|colou?r are|do i have) "
        r"(?:in |on |behind )?my "
        r"(?:shirt|hair|eyes|hands?|desk|head|pocket|mind|room|jacket|dress|coat|left|right|jumper|wall)\b|\bhow do i look\b|"
        r"\bwhat do i look like\b|\bwhere am i\b|\bi am thinking of\b|\bwhat (?:number|word|colou?r|animal|card)\b.*\bi (?:am "
        r")?(?:think|thought|hold|have)|\bi look like\b|"
        r"\b(?:my mind|my thoughts)\b|\bwhat do you (?:see|hear|smell|feel|taste)\b|\bdo i look\b|\bam i (?:smiling|wearing|"
        r"frowning|sitting|standing|alone|crying|pretty|tall)\b|\bdo you notice (?:my|what|that)\b|\bguess (?:my|what|how old|"
        r"who)\b|\bwhat is behind me\b",
        "coffee flowers perfume rain music see seeing watch watching smell smelling taste touch feel look looking looks "
        "observing spying recognise recognize "
        "hear listening listen listens read reading mind thoughts blind deaf eyes eye ears ear camera microphone nose "
        "fingers finger number wearing wear holding hold doing thinking thought colour color shirt hair hand hands desk head "
        "pocket room jacket dress coat left face clothes smile smiling through screen webcam number word card animal up "
        "raining outside sun window frowning sitting standing alone crying pretty tall moment guess behind notice new glasses "
        "hat socks shoes front drinking eating jumper wall weight height age old tie picked chosen voice computer phone table "
        "door",
        "I cannot see, smell or feel anything: I am an AI, and only your words reach me.",
        "I cannot tell. I am an AI without eyes, and nothing but your words reaches me.",
    ),
    _topic(  # body
        r"\byour (?:own )?(?:body|hands?|legs?|feet|foot|arms?|hearts?|brain|soul|blood|skin|bones|eyes?|ears?|nose|hair|"
        r"teeth|fingers?|stomach|weight|height|shoe size|shoes|clothes|lungs|mouth|tongue|knees|belly|neck|muscles|"
        r"lips|beard|glasses|hairdresser|pulse|back|toes|blood type|blood group)\b|\byou (?:\w+ ){0,4}(?:body|hands|legs|feet|"
        r"arms|heart|brain|soul|blood|skin|bones|stomach|lungs|breathe|breathing|breath|sweat|bleed|die|cry|shower|wash|ill|"
        r"sick|flu|headaches?|pain|"
        r"weigh|walk|run|swim|jump|fly|shave|exercise|sport|sports|toilet|bathroom|mortal|immortal|dance|sneeze|muscles|fat|"
        r"tall|move|heartbeat|fever|doctor|hurt|age|cold|hot|warm|sit|stand|sitting|standing|blink|itch|scar|tattoos?)\b|"
        r"\bhow tall are you\b|\bwhat is below your\b",
        "body bodies hand hands leg legs feet foot arm arms heart hearts brain soul blood skin bone bones eye eyes ear ears "
        "nose hair teeth finger fingers stomach weight height shoe size shoes clothes lungs mouth tongue knees belly neck "
        "muscles lips beard "
        "glasses hairdresser pulse back breathe breathing breath air oxygen sweat bleed die cry crying tears shower wash ill "
        "sick flu headache headaches pain weigh walk run running swim jump fly shave exercise sport sports toilet bathroom "
        "mortal immortal dance colour color "
        "sneeze fat tall go move heartbeat beat beats beating below under wear wearing physical hot cold warm fever doctor "
        "hurt feel feeling around blink sitting sit stand standing below afraid death dying toes group tattoo tattoos itch "
        "scar hospital much catch somewhere",
        "I have a face on your screen and no body behind it: I am an AI, and I do not even breathe.",
        "Nothing of that for me: I am an AI and have no body, only a face that is drawn and a voice.",
    ),
    _topic(  # feelings, opinions of its own
        r"\byou (?:\w+ ){0,4}(?:feelings?|emotions?|bored|lonely|afraid|scared|jealous|fear|fears|in god|religious|religion|"
        r"pray|vote|voted|rich|paid|money|salary|homesick|believe)\b|\byour (?:feelings|emotions|religion|faith|salary|wage|"
        r"wages|income|"
        r"biggest fear|fears|politics|party|opinion of humans)\b|\bcan you feel\b|\bdo you (?:feel|earn)\b|\bhow much do you "
        r"(?:earn|make|get paid)\b",
        "feel feeling feelings emotion emotions bored lonely afraid scared jealous fear fears god religious religion pray "
        "vote voted voting rich paid money salary homesick faith wage wages income biggest love joy sadness happiness alone "
        "here earn make month "
        "hour year talking dark death believe pain angry sad happy inside politics party anything human like time humans "
        "being people politically",
        "As an AI I feel nothing as you do, and I have no wallet and no faith either. I am made of software, and glad to be "
        "of use.",
        "I have no feelings of my own: I am an AI. But I do listen to yours.",
    ),
    _topic(  # leisure and favourites
        r"\byour (?:\w+ )?(?:weekend|hobby|hobbies|free time|spare time|holidays?|vacation|leisure|evening|evenings|day off|"
        r"plans|private life|childhood|youth|school days|past|secrets?|dream job|pastime)\b|\byou (?:\w+ ){0,6}(?:weekend|"
        r"weekends|yesterday|after work|this evening|tonight|last night|on sunday|on saturday|last summer|"
        r"in summer|free time|spare time|for fun|hobby|hobbies|holiday|holidays|vacation|day off|go to school|to university|"
        r"as a child|a kid|finish work|not working)\b|\byour favou?rite (?:colou?r|food|movie|film|song|music|book|animal|"
        r"season|sport|team|number|place|city|dish|drink|band|game|hobby|singer|flower|day|"
        r"actor|writer|author|country|word|meal|month|subject|holiday)\b|\bwhat do you (?:do )?(?:like|enjoy|love) (?:to do|"
        r"doing|most|best)\b|\bdid you (?:go|study|learn) (?:to|at) (?:school|university|college)\b|\bwhere did you (?:go|"
        r"study)\b",
        "weekend weekends hobby hobbies free spare time holiday holidays vacation leisure evening evenings day off plans plan "
        "private life childhood youth school days past secret secrets job pastime yesterday after work working last night "
        "sunday saturday summer fun go going went university "
        "college child kid study studied learn favourite favorite colour color food movie film song music book animal season "
        "sport team number place city dish drink band game singer flower actor writer author country word meal month subject "
        "enjoy love doing most best spend week next "
        "finish when free here morning before friday small young planned up away nice evening read watch",
        "I have no weekends, hobbies or favourites: I am an AI. Tell me about yours, if you like.",
        "An AI like me has no private life: I am only here to talk with you. {help}",
    ),
)

NAME = TOPICS[3]
