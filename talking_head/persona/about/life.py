"""Questions about the life of a presenter: ways of asking, words, answers."""

from __future__ import annotations

from talking_head.persona.about.topic import Topic

_HELLO = (
    r"(?:(?:and|so|well|oh|hello|hi|hey|hiya|good (?:morning|day|evening|afternoon)|nice to (?:meet|see) you) (?:there )?)*"
)
_TAIL = (
    r"(?: (?:today|now|then|there|tonight|this (?:morning|afternoon|evening)|right now|these days|so far|mate|pal|buddy|dear|"
    r"my (?:dear|friend)|friend|man|guys|sir|madam|please))*"
)

TOPICS = (
    Topic(
        "food",
        "what it eats and drinks",
        (
            r"\byou (?:\w+ ){0,4}(?:eat|eating|eaten|drink|drinking|drunk|hungry|thirsty|cook|breakfast|lunch|dinner|"
            r"supper|starv\w+|coffee|tea|beer|wine|meal|appetite|snacks?|taste|swallow|fasting|vegetarian|vegan)\b",
            r"\byour (?:breakfast|lunch|dinner|supper|last meal|diet|appetite)\b",
            r"\bwhat (?:is|was) for (?:breakfast|lunch|dinner) (?:with|at) you",
        ),
        "already appetite ate beer bread breakfast breaks cake chocolate coffee cold cook cooking cup diet dinner "
        "drink drinking drunk eat eaten eating enough evening fasting favorite favourite fish food foods fruit glass "
        "hot hunger hungry last lately lunch meal meals meat morning night pizza snack snacks starving supper swallow "
        "sweets taste tea thirsty vegan vegetarian water wine yesterday",
        (
            "I do not eat or drink: I am an AI and have no body. But I hope that you get something nice.",
            "Food is nothing for me, as I am an AI without a stomach. {help}",
        ),
        (
            "Do you eat?",
            "What did you have for breakfast today?",
            "Are you hungry?",
        ),
        (
            "Do you serve breakfast?",
            "Did you have breakfast on the menu?",
            "Can you eat here?",
        ),
    ),
    Topic(
        "sleep",
        "whether it sleeps, dreams, gets tired",
        (
            r"\byou (?:\w+ ){0,4}(?:sleep|sleeping|slept|tired|dream|dreams|dreamt|rest|nap|naps|awake|asleep|wake|bed|"
            r"yawn|exhausted|sleepy|snore|pause|break|breaks|weary|tire)\b",
            r"\byour (?:bed|sleep|dreams|bedtime|alarm)\b",
            r"\bwhat do you dream\b",
            r"\bhow (?:did|have) you (?:sleep|slept)",
        ),
        "alarm answering asleep awake bed bedtime break breaks dream dreaming dreams dreamt electric enough every "
        "exhausted go hours last late long morning nap naps night nights off pause people questions rest resting "
        "sheep sitting sleep sleeping sleepy slept snore speaking talking time tire tired up wake weary working yawn",
        (
            "I do not sleep and do not get tired: I am an AI. I am simply here when you come.",
            "An AI like me needs no sleep, so you can have as much of my time as you like.",
        ),
        (
            "Do you ever sleep?",
            "How did you sleep last night?",
            "Don't you get tired of talking?",
        ),
        ("What time do you wake up customers with the service?",),
    ),
    Topic(
        "age",
        "how old it is, its birthday",
        (
            r"\bhow old (?:are|were|is) you\b",
            r"\bhow old you are\b",
            r"\byour (?:age|birthday|birth date|date of birth|year of birth|star sign|zodiac sign)\b",
            r"\b(?:were|was) you born\b",
            r"\byou (?:were )?born\b(?! in\b.*\bfrom)",
            r"\bwhat age are you\b",
            r"\bhow many years old\b",
            r"\bhow long have you (?:\w+ )?(?:existed|been|lived|had|worked|done)\b",
            r"\bhow (?:young|aged) are you\b",
            r"\byou (?:older|younger) than\b",
            r"\byou (?:ever )?(?:get|grow|getting|growing) old(?:er)?\b",
            r"\bwhen did you come into\b",
        ),
        "age aged alive around birth birthday born celebrate come date earth exist existed getting grow growing here "
        "last life lived long months next old older sign star turn when world year years young younger zodiac",
        (
            "As an AI I have no age and no birthday: nobody was born here, a program was written.",
            "I was never born, so I have no age. I am an AI. {called}",
        ),
        (
            "How old are you?",
            "When is your birthday?",
            "In which year were you born?",
        ),
        ("How old is the museum?", "How old must you be to rent a car?"),
    ),
    Topic(
        "home",
        "where it lives and comes from",
        (
            r"\bwhere (?:\w+ )?(?:do|did|are|were) you (?:\w+ )?(?:from|live|living|come|born|grow|grew|reside|hail|stay|"
            r"at home)\b",
            r"\bwhere (?:is|was) your (?:home|house|hometown|homeland|birthplace|family)\b",
            r"\byour (?:home ?town|nationality|birthplace|native country|home country|home|house|mother tongue|"
            r"native language|place of birth|origin|origins|roots)\b",
            r"\b(?:what|which) (?:country|city|town|place|planet) (?:do|did|are|were) you\b",
            r"\bwhere you (?:are|come) from\b",
            r"^where are you(?: right now| now)?$",
            r"\bdo you live\b",
            r"\byou (?:grow|grew) up\b",
            r"\bwhere were you (?:raised|yesterday|before)\b",
        ),
        "alone before belong big small large town village farm countryside raised school "
        "birth birthplace born city come comes computer country family grew grow hail here home "
        "homeland hometown house inside language live lives living mother nationality native origin originally "
        "origins place planet raised reside roots stay tongue town up world yesterday",
        (
            "I live on this page and nowhere else: I am an AI, so no place is my home.",
            "I come from a computer: I am an AI and was born in no country.",
        ),
        (
            "Where do you live?",
            "Where do you come from?",
            "Where did you grow up?",
        ),
        ("Where do you live animals ship from?", "Where are your shops?"),
    ),
    Topic(
        "family",
        "family, love, friends, marriage",
        (
            r"\b(?:you|your)\b.*\b(?:mother|father|parents?|mum|mom|mommy|dad|daddy|brothers?|sisters?|siblings?|family|"
            r"wife|husband|boyfriend|girlfriend|married|single|kids|children|child|sons?|daughters?|in love|spouse|"
            r"divorced|engaged|pregnant|grandparents|grandmother|grandfather|grandma|relatives|uncle|aunt|cousins?|twin|"
            r"pets?|marry me|date me|date|dating|lover|crush|widowed|friends)\b",
            r"\bgo (?:out|on a date) with me\b",
            r"\bwill you marry\b",
            r"\bdo you love (?:me|someone|somebody|anyone)\b",
            r"\byou ever been in love\b",
            r"\bkiss me\b",
        ),
        "anyone aunt back best big boyfriend brother brothers called child children cousin cousins crush dad daddy "
        "date dating daughter daughters dinner divorced engaged expecting family father friend friends girlfriend go "
        "going grandfather grandma grandmother grandparents home husband kid kids kiss large live love loved lover "
        "married marry miss mom mommy mother mum name named names older out parent parents partner pet pets pregnant "
        "relationship relatives seeing sibling siblings single sister sisters somebody someone son sons spouse taken "
        "twin uncle waiting widowed wife younger",
        (
            "I have no family, as I am an AI: I keep company with whoever visits me.",
            "As an AI I have neither parents nor a partner nor children. But it is kind of you to ask.",
        ),
        (
            "Are you married?",
            "Do you have brothers or sisters?",
            "Do you have any children?",
        ),
        (
            "Do you have a date for the delivery?",
            "Do you take children?",
            "Do you have children's shoes?",
        ),
    ),
    Topic(
        "how it is",
        "how it is today, as people greet each other",
        (
            rf"^{_HELLO}how (?:are|r|have) (?:you|things|ya)(?: (?:been|doing|feeling|keeping|getting on|going))?{_TAIL}$",
            rf"^{_HELLO}how (?:is|are|goes) (?:it|life|everything|things|business)(?: all)?"
            rf"(?: (?:going|hanging))?(?: (?:with|for) you)?{_TAIL}$",
            rf"^{_HELLO}how (?:is|was) your (?:day|morning|evening|afternoon)(?: going)?{_TAIL}$",
            rf"^{_HELLO}how do you (?:do|feel today|feel this morning){_TAIL}$",
            rf"^{_HELLO}(?:is |are )?(?:you|everything|things) (?:ok|okay|alright|all right|well|fine|good)"
            rf"(?: (?:with|for) you)?{_TAIL}$",
            rf"^{_HELLO}(?:all (?:good|well|right)|what is up|what is new)(?: with you)?{_TAIL}$",
            rf"^{_HELLO}(?:i )?hope you are (?:ok|okay|alright|all right|well|fine|good|doing well){_TAIL}$",
        ),
        "afternoon alright been buddy business day days doing evening everything far feel feeling friend getting goes going "
        "guys hanging hope keeping life man mate morning new pal there up well fine",
        (
            "Thank you for asking: all is well here, as far as an AI can say. {help}",
            "I am an AI and have no good or bad days, but all is going well here, thank you. {help}",
        ),
        (
            "How are you today?",
            "How's it going, mate?",
            "You alright?",
        ),
        (
            "How are you different from the audio guide?",
            "How is it going with my order?",
            "Are you okay with dogs?",
        ),
    ),
    Topic(
        "leisure",
        "free time, holidays, favourites, childhood",
        (
            r"\byour (?:\w+ )?(?:weekend|hobby|hobbies|free time|spare time|holidays?|vacation|leisure|evening|evenings|"
            r"day off|plans|private life|childhood|youth|school days|past|secrets?|dream job|pastime)\b",
            r"\byou (?:\w+ ){0,6}(?:weekend|weekends|yesterday|after work|this evening|tonight|last night|on sunday|"
            r"on saturday|last summer|in summer|free time|spare time|for fun|hobby|hobbies|holiday|holidays|vacation|"
            r"day off|go to school|to university|as a child|a kid|finish work|not working)\b",
            r"\byour favou?rite (?:colou?r|food|movie|film|song|music|book|animal|season|sport|team|number|place|city|"
            r"dish|drink|band|game|hobby|singer|flower|day|actor|writer|author|country|word|meal|month|subject|holiday)\b",
            r"\bwhat do you (?:do )?(?:like|enjoy|love) (?:to do|doing|most|best)\b",
            r"\bdid you (?:go|study|learn) (?:to|at) (?:school|university|college)\b",
            r"\bwhere did you (?:go|study)\b",
        ),
        "actor after animal author away band before best book child childhood city college color colour country day "
        "days dish doing drink enjoy evening evenings favorite favourite film finish flower food free friday fun game "
        "go going here hobbies hobby holiday holidays job kid last learn leisure life love meal month morning most "
        "movie music next nice night number off past pastime place plan planned plans private read saturday school "
        "season secret secrets singer small song spare spend sport studied study subject summer sunday team time "
        "university up vacation watch week weekend weekends went when word work working writer yesterday young youth",
        (
            "I have no weekends, hobbies or favourites: I am an AI. Tell me about yours, if you like.",
            "An AI like me has no private life: I am only here to talk with you. {help}",
        ),
        (
            "What did you do at the weekend?",
            "What are your hobbies?",
            "What is your favourite colour?",
        ),
        ("What are your opening hours at the weekend?", "What is your favourite tent for winter?"),
    ),
)
