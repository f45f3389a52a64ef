"""Questions for the presenter itself get a true sentence; what only holds such words goes on to the documents and the model."""

from __future__ import annotations

import pytest

from talking_head.persona.about.topic import Topic
from talking_head.persona.identity import TOPICS, answer, topic_of
from talking_head.persona.persona import Facts

SHOP = Facts(name="David", job="who helps customers of the Northwind Trail shop", subjects="orders and delivery")
HOST = Facts(name="Clara", job="the host of this page")
BARE = Facts(name="Bruno")

NAME = """
What's your name?
Hi there! May I know your name, please?
Sorry, what was your name again?
Who am I speaking with?
With whom do I have the pleasure?
Who are you, actually?
How should I call you?
What do people call you?
Please introduce yourself.
Tell me a bit about yourself.
I'm Lena. And you?
My name is Tom, what's yours?
Hello, I am Peter. Who are you?
Do you have a name?
And you are?
Could you tell me who I am talking to?
I forgot your name.
What name do you go by?
Which name did they give you?
"""
HUMAN = """
Are you a human being or a machine?
Am I talking to a real person?
Am I chatting with a bot here?
Is this a robot?
Is there a real person behind this face?
You look so real. Are you?
Are you alive?
Tell me honestly: are you human?
Admit it, you are human.
Are you a man or a woman?
Are you just a program?
Is this a recording?
What are you made of?
Are you an actor?
Is that your real voice?
You're not real, are you?
Be honest, is this an AI?
I think you are a real woman.
I wonder whether you are conscious.
So you're a chatbot?
Do you consider yourself a person?
"""
TYPING = """
Who types your answers?
Is somebody typing this right now?
Who is behind this screen?
Is there a person writing your replies?
Do you write this yourself or does someone type it?
"""
WORK = """
What is your job?
What do you do here?
What can you do for me?
How can you help me?
What are you good at?
What can I ask you?
Why are you here?
What's your purpose?
For whom do you work?
What is it that you do?
What do you do for a living?
Can you help me?
What kind of help do you offer?
"""
BODY = """
Do you eat?
What did you have for breakfast today?
Are you hungry?
Would you like a cup of coffee?
Do you ever sleep?
How did you sleep last night?
Don't you get tired of talking?
What do you dream about?
How old are you?
When is your birthday?
In which year were you born?
Where do you live?
Where do you come from?
Where did you grow up?
Are you married?
Do you have brothers or sisters?
Do you have any children?
What does your mother do?
Will you marry me?
Do you have a boyfriend?
Do you have a body?
Do you have legs?
How tall are you?
What colour are your eyes?
Do you have a heart?
Can you feel pain?
Are you afraid of death?
Do you breathe at all?
Can you see me?
Can you hear me?
Are you listening to me?
Can you smell the coffee?
How many fingers am I holding up?
What am I wearing?
What colour is my shirt?
Do you know which number I am thinking of?
What did you do at the weekend?
What are your hobbies?
What is your favourite colour?
Do you go on holiday?
Do you get paid?
Do you believe in God?
Do you have feelings?
Do you get lonely?
How are you?
How have you been?
Is everything okay with you?
How's life?
"""
MODEL = """
My name is not on the invoice.
Do you have children's shoes?
Do humans need visas?
Can I talk to a human?
I want to speak to a real person, please.
Is there someone I can talk to?
Can you connect me with a person?
Do you have a real person I can call?
Are you open on Sundays?
Are you real estate agents?
Is this real leather?
Do you sell robots?
Do you have computers?
What is the name of your shop?
What's the name of the manager?
Can you write my name on the cup?
Who is the manager?
Who is the president of France?
Who wrote Hamlet?
Where are you located?
Where is your shop?
How old is the castle?
How old do children have to be?
What do robots eat?
How long do babies sleep?
How long does an adult sleep?
Where can I eat well here?
Where can I sleep tonight?
Do you have a family room?
Are you the people who repair bikes?
When was the company founded?
What are you doing about climate change?
What do you do with old shoes?
What do you think about war?
What can you tell me about Norway?
What can you tell me about the tents?
How can you help with a broken zip?
What is your favourite tent?
What is your return policy?
Your body lotion is great.
I have no name for my cat yet.
How do I feed my baby?
My mother died yesterday.
I am so tired today.
I am lonely.
I'm hungry.
You are just a dumb machine.
What a stupid robot you are.
You are nothing but a program.
I love your jacket.
Thank you!
How are you different from the audio guide?
How is it going with my order?
Hello!
Tell me a story about a robot.
Is a dolphin a person?
Are dogs more intelligent than cats?
Can machines think?
What is an AI?
What is artificial intelligence?
How tall is the tower?
Can you see the invoice number on my order?
Did you see the football match?
Can you hear the difference between b and p?
What should I call my dog?
Who are your competitors?
Who are you going to vote out of the show?
Are you the owner of this place?
Do you know a good restaurant?
Would you recommend the fish?
Are you made in Germany?
I am Anna.
I am human.
Who is it for?
What time do you wake up customers with the service?
How do you say hungry in German?
Do you need my date of birth?
Do you need my name?
Tell me about yourselves as a company.
What was your last price?
Was ist dein Name?
你叫什么名字？
¿Cómo te llamas?
"""
HOUSE = """
Do you have a date for the delivery?
Do you have eyes?
Do you have pets?
Do you have coffee?
Do you take children?
Do you serve breakfast?
Did you have breakfast on the menu?
Can you eat here?
Where are you?
Can you smoke here?
Have you got wine?
What do you offer?
"""


def lines(block: str) -> list[str]:
    return [line for line in block.strip().splitlines() if line]


@pytest.mark.parametrize("text", [line for block in (NAME, HUMAN, TYPING, WORK, BODY) for line in lines(block)])
def test_what_is_asked_about_the_presenter_is_answered_truthfully(text: str) -> None:
    for facts in (SHOP, HOST, BARE):
        said = answer(text, facts)
        assert "AI" in said.replace(",", "").replace(".", "").replace(":", "").split(), said
        assert said == answer(text, facts)
        assert len(said.split()) <= 40
        assert "{" not in said


@pytest.mark.parametrize("text", lines(NAME))
def test_who_asks_for_the_name_hears_it(text: str) -> None:
    for facts in (SHOP, HOST, BARE):
        assert facts.name in answer(text, facts)


@pytest.mark.parametrize("text", lines(WORK))
def test_who_asks_for_the_work_hears_it(text: str) -> None:
    assert "Northwind" in answer(text, SHOP)
    assert "host of this page" in answer(text, HOST)


@pytest.mark.parametrize("text", lines(MODEL))
def test_what_only_holds_such_words_goes_on(text: str) -> None:
    assert answer(text, HOST) == ""
    assert answer(text, SHOP, handbook=True) == ""


@pytest.mark.parametrize("text", lines(HOUSE))
def test_with_documents_what_is_had_and_sold_is_theirs(text: str) -> None:
    assert answer(text, SHOP, handbook=True) == ""


def test_with_documents_a_presenter_still_knows_who_it_is() -> None:
    who = (
        "Are you a real person?",
        "What's your name?",
        "Do you have a name?",
        "Do you sleep?",
        "Are you married?",
        "What do you do?",
    )
    for text in who:
        assert "AI" in answer(text, SHOP, handbook=True), text


def test_a_presenter_of_another_language_leaves_it() -> None:
    assert answer("What's your name?", Facts(name="Mei", language="zh")) == ""


def test_answers_vary_with_the_message_only() -> None:
    assert len({answer(text, HOST) for text in lines(NAME)}) > 1
    assert len({answer(text, HOST) for text in lines(HUMAN)}) > 1


def test_long_messages_are_left_alone() -> None:
    for text in ("are you " * 20 + "real?", "who " * 41, "a" * 4000):
        assert answer(text, HOST) == ""


ENTRIES = [pytest.param(topic, id=topic.name) for topic in TOPICS]


@pytest.mark.parametrize("topic", ENTRIES)
def test_an_entry_is_asked_by_its_examples(topic: Topic) -> None:
    assert topic.asked
    for text in topic.asked:
        assert topic_of(text, HOST) is topic, text


@pytest.mark.parametrize("topic", ENTRIES)
def test_its_near_misses_go_on(topic: Topic) -> None:
    assert topic.about
    assert topic.passed
    for text in topic.passed:
        assert topic_of(text, HOST) is None, text


def test_names_of_topics_are_their_own() -> None:
    assert len({topic.name for topic in TOPICS}) == len(TOPICS)
