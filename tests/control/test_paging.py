"""Pages of the dashboard's long lists."""

from sandbox.control.dashboard.paging import newest_first

LETTERS = list("abcdefgh")  # the oldest is 1


def test_pages_go_on_where_the_last_ended() -> None:
    first, older = newest_first(LETTERS, None, lambda _: True, most=3)
    second, oldest = newest_first(LETTERS, older, lambda _: True, most=3)
    assert (first, second) == (["h", "g", "f"], ["e", "d", "c"])
    assert newest_first(LETTERS, oldest, lambda _: True, most=3) == (["b", "a"], None)


def test_page_stays_where_it_is_while_the_list_grows() -> None:
    _, older = newest_first(LETTERS, None, lambda _: True, most=3)
    assert newest_first([*LETTERS, "i"], older, lambda _: True, most=1) == (["e"], 5)


def test_no_page_is_offered_that_would_be_empty() -> None:
    """What is left and not sought is no reason to turn the page."""
    assert newest_first(LETTERS, None, lambda letter: letter > "f", most=2) == (["h", "g"], None)
    assert newest_first(LETTERS, None, lambda letter: letter in {"a", "h"}, most=1) == (["h"], 2)


def test_of_a_search_without_end_the_next_page_goes_on_with_it() -> None:
    assert newest_first(LETTERS, None, lambda letter: letter == "a", most=2, most_looked_at=5) == ([], 4)
    assert newest_first(LETTERS, 4, lambda letter: letter == "a", most=2, most_looked_at=5) == (["a"], None)


def test_place_outside_the_list_is_its_nearest_end() -> None:
    assert newest_first(LETTERS, 99, lambda _: True, most=1) == (["h"], 8)
    assert newest_first(LETTERS, 0, lambda _: True, most=1) == ([], None)
