"""Questions about the senses, the body and the feelings of a presenter: ways of asking, words, answers."""

from __future__ import annotations

from talking_head.persona.about.topic import Topic

TOPICS = (
    Topic(
        "hears",
        "whether it hears what is said",
        (
            r"\byou (?:not )?(?:still |really |even |actually )?(?:hear|hearing|listen|listening)(?: to)?(?: me| us|"
            r" my voice)?(?: well| now)?$",
        ),
        "hear hearing listen listening voice well",
        (
            "Yes, your words reach me. Words are all that I get, as I am an AI. What would you like to know?",
            "What you say or type reaches me as words: I am an AI. Please go on.",
        ),
        (
            "Can you hear me?",
            "Are you listening to me?",
        ),
        ("Do you hear that from many customers?",),
    ),
    Topic(
        "perceives",
        "what it cannot see, smell, feel, read or guess",
        (
            r"\b(?:can|could|do|did|are|will|would) (?:not )?you (?:\w+ )?(?:see|seeing|watch|watching|smell|smelling|"
            r"taste|touch|feel me|look at me|observing|spying|recogni[sz]e|hear|listening|listen|guess|read my (?:mind|"
            r"thoughts))\b",
            r"\byou (?:blind|deaf|have (?:eyes|ears|a camera|a microphone|a nose))\b",
            r"\bhow many fingers am i\b",
            r"\bwhat (?:am i|i am) (?:wearing|holding|doing|thinking|looking|eating|drinking)\b",
            r"\bwhat (?:is|colou?r is|colou?r are|do i have) (?:in |on |behind )?my (?:shirt|hair|eyes|hands?|desk|head|"
            r"pocket|mind|room|jacket|dress|coat|left|right|jumper|wall)\b",
            r"\bhow do i look\b",
            r"\bwhat do i look like\b",
            r"\bwhere am i\b",
            r"\bi am thinking of\b",
            r"\bwhat (?:number|word|colou?r|animal|card)\b.*\bi (?:am )?(?:think|thought|hold|have)",
            r"\bi look like\b",
            r"\b(?:my mind|my thoughts)\b",
            r"\bwhat do you (?:see|hear|smell|feel|taste)\b",
            r"\bdo i look\b",
            r"\bam i (?:smiling|wearing|frowning|sitting|standing|alone|crying|pretty|tall)\b",
            r"\bdo you notice (?:my|what|that)\b",
            r"\bguess (?:my|what|how old|who)\b",
            r"\b(?:who|what|anyone|anybody|someone|somebody|anything|something)\b.*\b(?:behind|beside|next to|near|in front of|"
            r"around|above|under|opposite) (?:me|us)(?: right| now| here)*$",
        ),
        "above around beside opposite near next stand standing stands sits under waiting watching walking "
        "age alone animal behind blind camera card chosen clothes coat coffee color colour computer crying deaf desk "
        "doing door dress drinking ear ears eating eye eyes face feel finger fingers flowers front frowning glasses "
        "guess hair hand hands hat head hear height hold holding jacket jumper left listen listening listens look "
        "looking looks microphone mind moment music new nose notice number observing old outside perfume phone picked "
        "pocket pretty rain raining read reading recognise recognize room screen see seeing shirt shoes sitting smell "
        "smelling smile smiling socks spying standing sun table tall taste thinking thought thoughts through tie "
        "touch up voice wall watch watching wear wearing webcam weight window word",
        (
            "I cannot see, smell or feel anything: I am an AI, and only your words reach me.",
            "I cannot tell. I am an AI without eyes, and nothing but your words reaches me.",
        ),
        (
            "Can you see me?",
            "Can you smell the coffee?",
            "How many fingers am I holding up?",
        ),
        (
            "Can you see the invoice number on my order?",
            "Did you see the football match?",
            "Can you hear the difference between b and p?",
        ),
    ),
    Topic(
        "body",
        "its body and health",
        (
            r"\byour (?:own )?(?:body|hands?|legs?|feet|foot|arms?|hearts?|brain|soul|blood|skin|bones|eyes?|ears?|nose|"
            r"hair|teeth|fingers?|stomach|weight|height|shoe size|shoes|clothes|lungs|mouth|tongue|knees|belly|neck|"
            r"muscles|lips|beard|glasses|hairdresser|pulse|back|toes|blood type|blood group)\b",
            r"\byou (?:\w+ ){0,4}(?:body|hands|legs|feet|arms|heart|brain|soul|blood|skin|bones|stomach|lungs|breathe|"
            r"breathing|breath|sweat|bleed|die|cry|shower|wash|ill|sick|flu|headaches?|pain|weigh|walk|run|swim|jump|fly|"
            r"shave|exercise|sport|sports|toilet|bathroom|mortal|immortal|dance|sneeze|muscles|fat|tall|move|heartbeat|"
            r"fever|doctor|hurt|age|cold|hot|warm|sit|stand|sitting|standing|blink|itch|scar|tattoos?)\b",
            r"\bhow tall are you\b",
            r"\bwhat is below your\b",
        ),
        "afraid air arm arms around back bathroom beard beat beating beats belly below bleed blink blood bodies body "
        "bone bones brain breath breathe breathing catch clothes cold color colour cry crying dance death die doctor "
        "dying ear ears exercise eye eyes fat feel feeling feet fever finger fingers flu fly foot glasses go group "
        "hair hairdresser hand hands headache headaches heart heartbeat hearts height hospital hot hurt ill immortal "
        "itch jump knees leg legs lips lungs mortal mouth move much muscles neck nose oxygen pain physical pulse run "
        "running scar shave shoe shoes shower sick sit sitting size skin sneeze somewhere soul sport sports stand "
        "standing stomach sweat swim tall tattoo tattoos tears teeth toes toilet tongue under walk warm wash wear "
        "wearing weigh weight",
        (
            "I have a face on your screen and no body behind it: I am an AI, and I do not even breathe.",
            "Nothing of that for me: I am an AI and have no body, only a face that is drawn and a voice.",
        ),
        (
            "Do you have a body?",
            "Do you have legs?",
            "How tall are you?",
        ),
        ("Your body lotion is great.",),
    ),
    Topic(
        "feelings",
        "feelings, faith, money, fears of its own",
        (
            r"\byou (?:\w+ ){0,4}(?:feelings?|emotions?|bored|lonely|afraid|scared|jealous|fear|fears|in god|religious|"
            r"religion|pray|vote|voted|rich|paid|money|salary|homesick|believe)\b",
            r"\byour (?:feelings|emotions|religion|faith|salary|wage|wages|income|biggest fear|fears|politics|party|"
            r"opinion of humans)\b",
            r"\bcan you feel\b",
            r"\bdo you (?:feel|earn)\b",
            r"\bhow much do you (?:earn|make|get paid)\b",
        ),
        "afraid alone angry anything being believe biggest bored dark death earn emotion emotions faith fear fears "
        "feel feeling feelings god happiness happy here homesick hour human humans income inside jealous joy like "
        "lonely love make money month paid pain party people politically politics pray religion religious rich sad "
        "sadness salary scared talking time vote voted voting wage wages year",
        (
            "As an AI I feel nothing as you do, and I have no wallet and no faith either. I am made of "
            "software, and glad to be of use.",
            "I have no feelings of my own: I am an AI. But I do listen to yours.",
        ),
        (
            "Are you afraid of death?",
            "Do you get paid?",
            "Do you believe in God?",
        ),
        ("Do you feel that the blue one fits?", "Is your salary calculator free?"),
    ),
)
