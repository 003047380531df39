"""What stands between a screen and a screen reader, a keyboard or weak eyes, as far as axe-core can find it."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
STOPS = 12  # presses of Tab until what is looked for must have come


def flaws(page: Page) -> list[str]:
    """What axe finds wrong on the screen as it stands."""
    page.wait_for_timeout(350)  # for what moves to settle
    found = Axe().run(page, options=RULES).response["violations"]
    screen = page.locator("body").get_attribute("data-screen")
    return [
        f"{screen}: {each['id']}: {node['target']} {node['failureSummary']}" for each in found for node in each["nodes"]
    ]


def reached_by_keys(page: Page, action: str) -> bool:
    """Whether Tab comes to what does this action."""
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement?.dataset.action") == action:
            return True
    return False
