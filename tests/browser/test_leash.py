"""The leash: where each recipe pulls, and where training by it leads."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.explorables import MOUNT, opened, settle, slider


def recipe(explorable: Locator, name: str) -> Locator:
    estimate, where = name.split(maxsplit=1)
    return explorable.get_by_role("group", name=where).get_by_role("button", name=estimate, exact=True)


ENDS = [
    ("k1 In the reward:", "0°", "0.04, 0.16, 0.80"),  # π*
    ("k2 In the loss:", "0°", "0.04, 0.16, 0.80"),
    ("k1 In the loss:", "–", "0.00, 0.00, 1.00"),  # the best action
    ("k3 In the loss:", "37°", "0.12, 0.13, 0.75"),
    ("k3 In the reward:", "101°", "0.00, 0.00, 1.00"),
]


def test_each_recipe_has_its_pull_and_training_by_it_its_end(page: Page, address: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    explorable = opened(page, address, "leash", committed=False)
    explorable.get_by_role("button", name="Nowhere", exact=True).click()
    message = explorable.locator(".klx-message")
    expect(message).to_contain_text("It is down D(ref‖π).")
    for name, angle, end in ENDS:
        explorable.get_by_role("button", name="Start again").click()
        recipe(explorable, name).click()
        expect(explorable.locator(".klx-sum").first).to_have_text(f"Angle of the pulls{angle}")
        expect(message).to_contain_text(f"leads to ({end})")
        explorable.get_by_role("button", name="Train by this recipe").click()
        expect(slider(explorable, "π")).to_have_attribute("aria-valuetext", end)
    expect(explorable.locator("[aria-live=polite]")).to_contain_text(f"π {end}.")


def test_where_an_action_is_nearly_given_up_the_challenge_is_met(page: Page, address: str) -> None:
    explorable = opened(page, address, "leash")
    challenge, policy = explorable.locator(".klx-challenge"), slider(explorable, "π")
    expect(challenge).to_contain_text("Now: 37°, the rarest at 0.050.")
    for _ in range(3):
        policy.press("ArrowLeft")
    expect(challenge).to_have_attribute("data-met", "")
    policy.press("End")
    expect(explorable.locator(".klx-message")).to_have_text(
        "An action of probability 0 is never sampled, and no recipe brings it back."
    )


def test_every_policy_is_drawn(page: Page, address: str) -> None:
    explorable = opened(page, address, "leash", committed=False)
    page.evaluate(MOUNT, {"guess": "other", "reward": [4, -1, -1], "beta": 0.05, "recipe": "k3 reward"})
    for policy in ([0.5, 0.3, 0.2], [1, 0, 0], [0, 0.5, 0.5], [5e-324, 0.5, 0.5]):
        page.evaluate("(policy) => model.set({ policy })", policy)
        settle(page)
        assert "NaN" not in explorable.inner_html() and "Infinity" not in explorable.inner_html()
    page.evaluate("life.abort()")
