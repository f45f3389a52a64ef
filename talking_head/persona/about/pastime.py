"""What visitors ask a presenter for to pass the time: a joke, a story, a song, something worth knowing. A small language model
has none of its own and writes what only sounds like one."""

from __future__ import annotations

from talking_head.persona.about.topic import Topic

_GIVE = r"\b(?:tell|know|knows?|say|have|hear|got|give|make|want|like|need|another|any|share|read|write|recite|a|some|your)\b"

_LOOKS = r"(?:voice|smile|face|hair|eyes|english|accent)"
_NICE = r"(?:nice|lovely|beautiful|pretty|great|pleasant|good|wonderful|warm|sweet)"
_TONGUE = (
    "(?:spanish|french|german|italian|chinese|mandarin|japanese|korean|portuguese|russian|arabic|hindi|turkish|dutch|polish|"
    "greek|swedish|latin|english)"
)

TOPICS = (
    Topic(
        "a joke",
        "to be told a joke, to be made laugh",
        (
            rf"{_GIVE}.*\b(?:jokes?|puns?|riddles?)\b",
            r"^jokes?\b",
            r"\bmake me (?:laugh|smile|giggle)\b",
            r"\b(?:tell|say) (?:me |us )?(?:something|anything) funny\b",
            r"\bcheer me up\b",
        ),
        "joke jokes pun puns riddle riddles laugh smile giggle funny another make makes give hear heard share clean short "
        "silly best favourite favorite cheer up new us",
        (
            "Why did the bicycle fall over? It was two-tired.",
            "What do you call a bull that has fallen asleep? A bulldozer.",
            "What did one wall say to the other? I will meet you at the corner.",
            "Why did the book go to the doctor? It had a broken spine.",
        ),
        ("Tell me a joke.", "Do you know any good jokes?", "Make me laugh, please."),
        ("Is this price a joke?", "Who wrote the joke book in your shop?"),
    ),
    Topic(
        "a story",
        "to be told a story or a poem",
        (
            r"\b(?:tell|read|write|know|give|make up|want|hear|recite)\b.*\b(?:story|stories|tale|fairy tale|poem|rhyme)\b",
            r"^(?:a )?(?:bedtime )?story(?: time)?$",
        ),
        "story stories tale fairy bedtime poem poems rhyme short another make up give hear read write recite us good night "
        "children kids",
        (
            "In a small harbour somebody lit a lamp every evening for a ship that never came. One night it came, and its "
            "captain said: I found my way because you kept the light on.",
            "An old clockmaker could repair every clock but his own, which ran five minutes late. When a child asked why, he "
            "said: so that I always have five minutes left.",
        ),
        ("Tell me a story.", "Can you tell me a bedtime story?", "Do you know a poem?"),
        ("Tell me the story of your company.", "Which floor is the story time on?"),
    ),
    Topic(
        "a song",
        "to sing, whistle or dance",
        (
            r"^(?:(?:can|could|will|would|do|please|and|you|now) )*+(?:sing|whistle|hum|rap|dance)"
            r"(?: (?:me|us|for|a|something|please|a song)\b|$)",
        ),
        "sing sings whistle hum rap dance song songs tune something us loud",
        (
            "I have a voice for talking and none for singing, so I would rather spare your ears. {help}",
            "Singing is beyond me: I am an AI, and my voice only talks.",
        ),
        ("Can you sing?", "Sing me a song, please.", "Would you dance for me?"),
        ("Do you sing along with the choir on Sundays?", "Where can I dance?"),
    ),
    Topic(
        "love",
        "to hear that it is loved or liked",
        (
            r"^i (?:really |so |just |do |think i )*(?:love|like|adore|fancy) you(?: so| very| much| too| a lot| already)*$",
            r"^(?:will|would) you marry me$",
            r"^do you (?:love|like) me(?: too| back)?$",
        ),
        "love like adore fancy marry much lot already too so really back",
        (
            "That is kind of you. I am an AI and cannot love, but I am glad that you are here.",
            "How kind! Feelings are not for an AI like me, but talking with you is what I am made for.",
        ),
        ("I love you.", "I really like you!", "Will you marry me?", "Do you like me?"),
        ("I love you guys' tents.", "I would like you to send it."),
    ),
    Topic(
        "a compliment",
        "to be told that its voice or looks are nice",
        (
            rf"^your {_LOOKS} (?:is|are|sounds?|looks?) (?:so |very |really |quite )*{_NICE}\b",
            rf"^(?:you have|you have got|what) (?:an? )?(?:such an? )?{_NICE} {_LOOKS}\b",
        ),
        "voice smile face hair eyes english accent sounds sound looks look nice lovely beautiful pretty great pleasant good "
        "wonderful warm sweet so very really quite such",
        ("Thank you, that is kind of you. {help}", "That is nice to hear, thank you."),
        ("Your voice sounds nice.", "You have a lovely smile.", "Your English is very good."),
        ("Is your voice nice and loud in the hall?", "What a nice day."),
    ),
    Topic(
        "languages",
        "which languages it speaks",
        (
            rf"\b(?:do|can|could) you (?:also )?(?:speak|understand|talk|answer)(?: to me| me)?(?: in)? {_TONGUE}\b",
            r"\b(?:which|what|how many|other|any other|more) languages? (?:do|can|could|are) you\b",
            r"\b(?:do|can|could) you (?:speak|understand|know) (?:any |some )?(?:other|another|foreign|more) languages?\b",
        ),
        "speak understand talk answer languages language spanish french german italian chinese mandarin japanese korean "
        "portuguese russian arabic hindi turkish dutch polish greek swedish latin foreign other another more also able in "
        "english",
        ("English is what I speak and understand. {help}",),
        (
            "Do you speak Spanish?",
            "What languages do you speak?",
            "Can you answer in French?",
            "Do you know any other languages?",
        ),
        ("Is the museum guide available in Spanish?", "How do you say hello in French?"),
    ),
    Topic(
        "encouragement",
        "to be encouraged, or to hear a quote",
        (
            rf"{_GIVE}.*\b(?:quotes?|quotations?|words? of (?:wisdom|encouragement)|pep talk)\b",
            r"^(?:please )?(?:motivate|inspire|encourage) me\b",
            r"\bsomething (?:\w+ )?(?:motivating|motivational|inspiring|inspirational|encouraging|uplifting)\b",
        ),
        "quote quotes quotation quotations wisdom encouragement word words pep talk motivate motivating motivational inspire "
        "inspiring inspirational encourage encouraging uplifting positive nice good short another give hear share day today "
        "something us",
        (
            "Begin with the step in front of you: it is the only one that can be taken today.",
            "What is done slowly is done, too. Keep going.",
            "You need not see the whole road. The next bend is enough.",
        ),
        (
            "Give me a motivational quote.",
            "Motivate me, please.",
            "Do you have some words of wisdom?",
            "Say something inspiring.",
        ),
        ("Can I get a quote for a new roof?", "Who said that quote on your wall?"),
    ),
    Topic(
        "something worth knowing",
        "to be told something interesting",
        (
            r"\b(?:tell|say|know|teach|share|give)\b.*\b(?:something|anything) (?:\w+ )?(?:interesting|new|surprising|amazing|"
            r"cool|fun|exciting|fascinating|worth knowing|i do not know)\b",
            r"\b(?:fun|random|interesting|cool) facts?\b",
            r"^surprise me$",
            r"^i am (?:so |really |very )?bored(?: (?:tell|say|entertain).*)?$",
            r"^entertain me$",
        ),
        "interesting new surprising surprise amazing cool fun exciting fascinating worth knowing fact facts random bored "
        "entertain teach share give us",
        (
            "On Venus a day is longer than a year: it turns around itself more slowly than around the sun.",
            "An octopus has three hearts, and its blood is blue.",
            "Bananas are berries, as botanists count, and strawberries are none.",
        ),
        ("Tell me something interesting.", "Can you tell me a fun fact?", "Surprise me!"),
        ("Tell me something new about my order.", "Is there anything interesting in the museum?"),
    ),
)
