"""Questions about the name, the work and the nature of a presenter: ways of asking, words, answers."""

from __future__ import annotations

from talking_head.persona.about.topic import BEINGS, Topic

TOPICS = (
    Topic(
        "who types",
        "who types or speaks behind it",
        (
            r"\b(?:who|whom|someone|somebody|anyone|anybody|a person|a human|a man|a woman|people|you)\b.*\b(?:typ(?:es?|"
            r"ing)|writ(?:es?|ing) (?:this|that|it|your|these|what|the (?:answers|words))|operat(?:es?|ing)|controls?|"
            r"controlling|steers?|steering|behind (?:this|that|you|it|the (?:screen|face|voice|scenes|curtain))|pulls?|"
            r"speaks? for you|speaks? through you|answers? (?:my|the|these) questions|reads? (?:this|my messages)|"
            r"puppeteer|types)\b",
        ),
        BEINGS + " answer answering answers control controlling controls curtain keyboard lines messages microphone operate "
        "operates operating pull pulls puppeteer questions read reading reads replies reply responses scenes secretly "
        "sentences sits speaks steer steering steers strings text texts there through type types words write writes",
        (
            "Nobody types for me: I am {name}, an AI, and a program makes my answers.",
            "There is no person behind me. I am an AI, a program that writes and speaks its own answers. {called}",
        ),
        (
            "Who types your answers?",
            "Is somebody typing this right now?",
            "Who is behind this screen?",
        ),
        ("Who types invoices in your office?",),
    ),
    Topic(
        "wishes to be human",
        "whether it would like to be human",
        (
            r"\byou (?:ever )?(?:want|wish|like|dream|prefer|rather)\b.*\b(?:be|become|were|being|was) (?:a )?(?:real |"
            r"more )?(?:human|person|alive)",
        ),
        BEINGS + " become dream prefer wish",
        (
            "I am content to be what I am: an AI. Being human I leave to you.",
            "I am an AI and not a human, and that is fine with me. {help}",
        ),
        ("Would you like to be human?", "Do you ever wish you were alive?"),
        ("Would you like to be a member?",),
    ),
    Topic(
        "the person in the picture",
        "whether it is the person whose face it has, or only drawn like them",
        (
            r"\b(?:real|actual|original|true|genuine) <name>\b",
            r"\bare you (?:really |actually |truly |in fact )<name>\b",
            r"\bis (?:it|this|that) (?:really |actually |truly )(?:you )?<name>\b",
            r"\b<name> (?:herself|himself|in person|in the flesh|for real)\b",
            r"\bwhose (?:face|photo|picture|portrait|likeness|voice|looks|mouth|eyes)\b",
            r"^(?:is|was) (?:that|this|it) (?:really |actually )?your (?:own )?(?:face|photo|picture|portrait|voice)\b",
            r"\b(?:person|one|man|woman|girl|guy|lady|boy|human) (?:in|on|from) (?:the|this|that|your) (?:photo|picture|"
            r"portrait|image)",
            r"\bdo you (?:really |actually )?look (?:like (?:that|this)|that way|this way)",
            r"\bwho (?:is|was) (?:in|on) (?:the|this|that|your) (?:photo|picture|portrait|image)\b",
            r"\bwh(?:om|o) (?:do|does) (?:your|this|that|the) (?:face|photo|picture|portrait|image|voice) (?:show|belong)",
            r"\bwh(?:om|o) (?:are|were) you (?:based|modell?ed|copied|cloned)\b",
            r"\byou(?:r face)? (?:based|modell?ed|copied|cloned) (?:on|after|from)\b",
            r"\b(?:copy|clone|double|twin|imitation|impersonator) of (?:a |an |some |any )?(?:real |actual |living )?"
            r"(?:person|human|man|woman|someone|somebody|<name>)\b",
            r"^are you (?:a |an )(?:digital )?(?:double|clone|copy|twin|impersonator)\b",
        ),
        BEINGS + " face photo picture portrait image likeness looks mouth eyes herself himself actual original true genuine "
        "person one show shows belong belongs based modelled modeled copied cloned copy clone double twin imitation "
        "impersonator life owner way fact",
        ("{face} I am an AI: a computer draws my picture and makes my voice.",),
        (
            "Are you the person in the photo?",
            "Whose face is that?",
            "Are you really Clara?",
            "Is this the real Clara?",
            "Am I talking to Clara herself?",
            "Do you look like that in real life?",
            "Are you a copy of a real person?",
        ),
        ("Whose face is on the coin?", "Who is in the photo of the year?", "Is that your final offer?"),
    ),
    Topic(
        "human or not",
        "whether it is a human or a machine, alive, recorded, of which gender",
        (
            r"(?:\b(?:are|were|r) you\b|\byou (?:are|were|be)\b|\byou (?:look|sound|seem)\b|\bam i (?:really |actually |"
            r"now )?<talking>|\bdo i <talking>|\bis (?:this|it|there|that)\b(?! real$| true$| right$| ok)|"
            r"\bis your (?:face|voice)|\bhave you (?:ever )?been\b|\bdid i reach\b|\byou an? |\byou (?:real|human|alive)"
            r"\b|\bwho or what\b|\bi am <talking> (?:to|with)|\bconsider yourself|\bcall yourself).*\b<being>\b",
            r"\b<being>\b.*\b(?:are you|you are|am i <talking>|is it you)\b",
            r"^what are you(?: made (?:of|from))?$",
            r"\bwhat (?:kind|sort|type) of (?:thing |being |creature )?are you\b",
            r"^(?:so )?what (?:exactly |actually |really )?are you(?: exactly| really| actually)?$",
            r"\bwhat (?:is|was) your gender\b",
            r"^(?:ai|human|robot|bot|machine) or (?:ai|human|robot|bot|machine|person|not)",
            r"\bare you (?:fake|one of us|like me)\b",
            r"\byou are not (?:a )?(?:real|human)",
        ),
        BEINGS,
        (
            "I am an AI, not a human: {who}.",
            "I am an AI, a program and not a person of flesh and blood. {called} {help}",
        ),
        (
            "Are you a human being or a machine?",
            "Am I talking to a real person?",
            "Am I chatting with a bot here?",
        ),
        (
            "Is there someone I can talk to?",
            "Are you real estate agents?",
            "Is this real leather?",
        ),
    ),
    Topic(
        "the name",
        "its name, who it is, with whom one speaks",
        (
            r"\byour (?:\w+ ){0,2}name\b",
            r"\bwhat name (?:shall|should|do|can|may|must) i (?:give|tell|say|write|put|use|note)\b",
            r"\bname (?:do|did|of|should|may|can) (?:you|i|they)\b",
            r"\b(?:called?|named?) you\b",
            r"\byou (?:be |go by )?(?:called|named)\b",
            r"\bcall yourself\b",
            r"\b(?:call|address) you\b",
            r"\bwho (?!am i$)(?:are|were|would|might|exactly|is|am|do|did|have) (?:\w+ )?(?:you|this|there|that|i|speaking)"
            r"\b(?! (?:to|think|want|like|know)\b)",
            r"\bwhom? (?:do|am|have|did|i|was) (?:i |am |have )?(?:the |now |just )?(?:speak|talk|chat|deal|pleasure|"
            r"honou?r|got|meet|front)",
            r"\bwho you (?:are|might be|would be)\b",
            r"\bintroduce(?: \w+)? yourself\b",
            r"\babout yourself\b",
            r"\byou (?:would|might|must) be\b",
            r"\byou are\?*$",
            r"\bhave you (?:got )?a name\b",
            r"\bdo you (?:even )?have a name\b",
            r"\byou got a name\b",
            r"\bwho i (?:am )?(?:talk|speak|chat)",
            r"\bwhom i (?:am )?(?:talk|speak|chat)",
            r"\bwith whom\b",
            r"\bpleasure of (?:talking|speaking|meeting)\b",
            r"\bgive me your name\b",
            r"^(?:and )?(?:what is )?your name$",
            r"^and you are$",
            r"^(?:what|how) about your name",
            r"\bdo you go by\b",
            r"\bsay your name\b",
            r"^your name\b",
            r"\bdescribe yourself\b",
            r"\bknow you better\b",
        ),
        "address again anyway before better call called chat chatting dealing describe everyone family first forgot "
        "forgotten front full gave give go have here honor honour introduce last meet meeting middle moment name "
        "named names once people person pleasure present pronounce remind speak speaking spell stand surname talk "
        "talking there they yourself give her him them note put",
        (
            "I am {who}. I am an AI, not a human.",
            "{called} I am an AI{job}. {help}",
        ),
        (
            "What's your name?",
            "Hi there! May I know your name, please?",
            "Sorry, what was your name again?",
        ),
        ("Who are you going to vote out of the show?", "Who am I?"),
    ),
    Topic(
        "its work",
        "its work, what it can do, what it may be asked",
        (
            r"\bwhat (?:do|does|can|could|would|will|else can|all can|exactly do|exactly can) you (?:\w+ )?(?:do|help|"
            r"tell|answer|assist|offer|explain|talk)\b",
            r"\byour (?:\w+ )?(?:job|role|purpose|function|task|tasks|work|profession|occupation|duty|duties|mission|"
            r"business|skills|abilities|talents|capabilities|line of work|expertise|specialty|speciality|strengths|"
            r"calling)\b",
            r"\bwhat are you (?:for|here for|good (?:at|for)|able|doing here|capable|useful)",
            r"\bwhy are you here\b",
            r"\b(?:how|what|where|which) (?:\w+ ){0,3}you (?:help|assist|be of (?:help|service|use))\b",
            r"\bwhat (?:kind|sort) of help\b",
            r"^(?:can|could|will|would) you help(?: me)?$",
            r"\b(?:what|which) (?:\w+ )?(?:should|can|could|may|might) i (?:ask|talk)\b",
            r"\b(?:what|how) (?:do you|you) (?:work as|do for a living|earn)",
            r"\bwhom? do you work for\b",
            r"\bwhat (?:am i|are we) (?:supposed|meant) to (?:do|ask|talk)\b",
            r"\bwhat is it (?:that )?you do\b",
            r"\bhow (?:are|can) you (?:be )?(?:useful|of (?:use|help))\b",
            r"\bwhere do you work\b",
            r"\bwhat were you (?:made|built|created) for\b",
            r"\bdo you (?:work|have a job)\b",
            r"\bwhat brings you here\b",
            r"\b(?:what|which) (?:questions|topics|subjects)\b.*\b(?:you|ask)\b",
            r"\bwhat (?:do )?you do\b",
            r"\b(?:what|why) .*\b(?:come|turn|go|talk|be sent) to you\b(?: for| about| with)?$",
            r"\bwhat (?:can|could|would|should|may) (?:i|we|people|one) (?:use|need|come to|want) you for\b",
            r"\bwhat is it that you (?:are )?do",
        ),
        "abilities able answer answers around assist assistance best brings built business calling capabilities "
        "capable created does doing duties duty earn everyday everything exactly expertise explain function help "
        "helpful helping here i job line living made main meant mission occupation offer order profession purpose "
        "people questions role send sent service skill skills special speciality specialty strengths subjects talents talk "
        "task tasks "
        "today topics turn come go use useful work working",
        (
            "I am {who}. I am an AI, and I do it by talking with you. {ask}",
            "I am an AI: {who}. {ask}",
        ),
        (
            "What do you offer?",
            "What is your job?",
            "What do you do here?",
            "What would people come to you for?",
        ),
        (
            "What do you do with old shoes?",
            "What can you tell me about Norway?",
            "What can you tell me about the tents?",
        ),
    ),
    Topic(
        "who made it",
        "who made, built or owns it",
        (
            r"\bwho (?:has |had )?(?:made|built|created|invented|programmed|designed|developed|trained|drew|coded) you\b",
            r"\bwho (?:is|are|was) your (?:maker|creator|inventor|developers?|programmer|designer|boss)\b",
            r"\bby whom were you\b",
            r"\bwere you (?:made|built|created|programmed|designed) by\b",
            r"\bwho owns you\b",
            r"\bdid [a-z]+ (?:make|build|create|invent|program|design|develop|train) you\b",
            r"\bhow were you (?:made|built|created|born)\b",
        ),
        "openai google meta microsoft apple amazon anthropic make build create invent program design develop train "
        "born boss built coded company created creator designed designer developed developer developers drew human "
        "invented inventor made maker owns people person programmed programmer someone trained whom",
        (
            "I am {name}, an AI. The owner of this server set me up, and people wrote the software that I am made of.",
            "The owner of this server made me, out of software that people wrote. I am an AI. {called}",
        ),
        ("Who made you?", "Did Google build you?", "Who is your creator?", "Were you programmed by people?"),
        ("Who made this jacket?", "Who built the museum?"),
    ),
)
