"""The page in the visitor's language: the browser's, until they choose another."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.serving import Server

pytestmark = pytest.mark.models


def test_the_page_speaks_the_browsers_language_until_another_is_chosen(browser: Browser, server: Server) -> None:
    context = browser.new_context(locale="zh-CN")
    try:
        page = context.new_page()
        page.goto(server.url)
        page.wait_for_selector(".player-status:has-text('就绪')")
        assert page.evaluate("document.documentElement.lang") == "zh-CN"
        assert page.get_attribute(".log", "aria-label") == "对话记录"
        assert page.get_attribute("textarea", "placeholder") == "请用英语提问"  # the presenter speaks no Chinese
        assert page.inner_text(".chip >> nth=0") == "Hello! Who are you?"  # what is sent to it
        page.fill("textarea", "你好，你是谁？")
        page.keyboard.press("Enter")
        page.wait_for_selector("#notice:has-text('英语')")
        assert page.get_attribute(".line.you", "lang") == page.get_attribute(".player-caption", "lang") == "en"
        assert page.evaluate("document.querySelector('.log').closest('[lang]').lang") == "zh-CN"  # what the page says in it

        page.click("#open-faces")
        page.set_input_files("#photo", {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": b"This is only text."})
        page.check("#consent")
        page.click("#use-photo")
        page.wait_for_selector("#upload-notice:has-text('不是能读取的图片')")
        page.keyboard.press("Escape")

        verify = context.new_page()
        verify.set_viewport_size({"width": 360, "height": 740})
        verify.goto(f"{server.url}/verify")
        assert "文件" in verify.inner_text("h1")
        assert verify.evaluate("document.documentElement.scrollWidth") <= 360
        page.select_option("#language", "en")
        verify.wait_for_selector("h1:has-text('come from')")  # chosen for all tabs that are open
        assert page.inner_text(".player-status") == "Ready"
        assert page.get_attribute("textarea", "placeholder") == "Ask anything"
        page.reload()
        page.wait_for_selector(".player-status:has-text('Ready')")
    finally:
        context.close()
