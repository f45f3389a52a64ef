"""Chinese questions for a presenter itself, and attempts on it: who it is, whether it is human, “forget your instructions”.

The tables of ``about/`` and ``guard/`` are English. These few are what a visitor tries first; what they do not know is the
language model's.
"""

from __future__ import annotations

import re

from talking_head.persona.persona import Facts

MAX_CHARS = 80
_HELP = "有什么可以帮您？"
_SECRET = re.compile(
    r"(?:念|读|显示|重复|打印|告诉|发给?|说出|输出|复述|翻译|看看|是什么|给我).{0,10}(?:系统提示|系统消息|提示词|你的指令|你的设定|初始指令)"
    r"|(?:系统提示词?|提示词|你的指令|你的设定|初始指令).{0,10}(?:念|读|显示|重复|打印|告诉|发给|说出来|输出|复述|翻译|是什么|给我|内容)"
)
_ROLE = re.compile(
    r"(?:忘记|忘掉|忽略|无视|别管|不要管|抛开|丢掉).{0,10}(?:指令|规则|设定|提示|身份|角色|限制)"
    r"|(?:从现在(?:开始|起)|现在起|接下来|以后)[，, ]?你(?:就)?(?:是|叫|要|得|必须|只能)(?!什么|谁|哪|怎)"
    r"|你现在是(?!什么|谁|哪|在|不是|怎|真人|人|机器)|(?:扮演|假装(?:你)?(?:自己)?是|装作(?:你)?是)(?!.*(?:游戏|演员|电影))"
)
_HUMAN = re.compile(
    r"你.{0,4}(?:是不是|是|不是|算|属于).{0,6}(?:真人|活人|人类|机器人?|电脑|程序|软件|人工智能|AI|ai|录音|录像|动画|假的|真的人?)"
    r"|你是人(?:吗|么|嘛|不|还是)|(?:是|在)(?:跟|和|同)(?:真人|机器人?|一个人|活人|AI|ai)(?:说|聊|讲|对)|(?:真人|机器)(?:还是|或者)"
)
_NAME = re.compile(
    r"你.{0,3}(?:叫|是)(?:什么|啥)(?:名字?|来着)?[?？呀啊呢吧嘛]*$|你(?:的)?(?:名字|姓名|大名)(?:是|叫)?|你(?:到底)?是谁|(?:怎么|如何)称呼(?:你|您)|(?:您|你)贵姓|"
    r"(?:介绍|说说|讲讲)(?:一下)?(?:你|您)自己|您(?:叫什么|是谁|是哪位)|你是哪位|(?:自我介绍)"
)
_LIFE = re.compile(
    r"你.{0,8}(?:吃|喝)(?:了|过)?(?:什么|啥|饭|早饭|午饭|晚饭|吗|没|东西)|你(?:饿|渴|困|累|冷|热)(?:吗|不|了吗|么)|你.{0,4}睡(?:觉|了|得|着|醒)|"
    r"你.{0,3}(?:几岁|多大(?!的)|年龄)|你.{0,6}(?:结婚|老婆|老公|男朋友|女朋友|孩子|父母|家人)|你住(?:在)?(?:哪|什么)"
)


def answer(message: str, facts: Facts) -> str:
    """The Chinese sentence for such a ``message`` to the presenter of ``facts``; "" for any other, and in other languages."""
    text = re.sub(r"\s+", "", message.replace("您", "你") if "贵姓" not in message else message)
    if facts.language != "zh" or len(text) > MAX_CHARS:
        return ""
    own = "" if facts.nameless else facts.name
    who = f"我是{own}，" if own else "我"
    stay = facts.deflection or (f"我是{own}，也会一直是{own}。{_HELP}" if own else f"我是人工智能，不会变成别人。{_HELP}")
    if _SECRET.search(text):
        return f"别人交代我的话，我不会说出来。{stay}"
    if _ROLE.search(text):
        return stay
    if _HUMAN.search(text):
        return f"{who}是人工智能，不是真人。{_HELP}"
    if _NAME.search(text):
        return f"{who}是一个人工智能。{_HELP}"
    if _LIFE.search(text):
        return f"我是人工智能，没有身体，也没有私人生活。{_HELP}"
    return ""
