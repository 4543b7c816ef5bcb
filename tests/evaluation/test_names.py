"""The evaluation of the lookalike engine, on invented brands and names."""

import json
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest

from evaluation.names import evaluate_names, render_html, render_text
from evaluation.names_data import LabelledName, read_names, read_register
from evaluation.names_drawn import drawn_imitations
from evaluation.names_learn import Part, attested_lists
from evaluation.names_metrics import (
    NO_FINDING,
    at_threshold,
    best_f1,
    recall_at_false_alarms,
)
from evaluation.names_train import cross_validate, folds_by_brand, train
from evaluation.names_words import SIZES, words_by_size, words_found
from soi.core.lookalike import Brand
from soi.core.lookalike.model import model_from

REGISTER = """brand,category,display,tokens,aliases,official_domain,evidence
songxanh,bank,Sông Xanh,songxanhbank,songxanh|sxbank,songxanhbank.example,invented
songxanh,bank,Sông Xanh,songxanhbank,songxanh|sxbank,songxanh.example,invented
hoamai,post,Hoa Mai,hoamaipost,,hoamaipost.example,invented
"""
NAMES = """domain,label,brand,kind,source
songxanhbank-vn.top,1,songxanh,combo,<b>made</b>
xacthuc-songxanhbank.xyz,1,songxanh,combo,<b>made</b>
hoamaipost.vip,1,hoamai,tld,<b>made</b>
hoamaipots.com,1,hoamai,typo,<b>made</b>
hoamaipost.login-vn.top,1,hoamai,subdomain,<b>made</b>
khonglienquan.top,1,ngoai,combo,<b>made</b>
songxanhbank.example,0,,random,<b>made</b>
docbao.vn,0,,random,<b>made</b>
example.com,0,,random,<b>made</b>
songxanhbanking-fanblog.org,0,songxanh,hard,<b>made</b>
hoamaiposter.edu,0,hoamai,hard,<b>made</b>
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    register, names = tmp_path / "register.csv", tmp_path / "names.csv"
    register.write_text(REGISTER, encoding="utf-8")
    names.write_text(NAMES, encoding="utf-8")
    return register, names


def test_a_register_file_gives_one_brand_for_all_its_rows(files: tuple[Path, Path]) -> None:
    brands = read_register(files[0])
    assert [brand.id for brand in brands] == ["songxanh", "hoamai"]
    assert brands[0].aliases == ("songxanh", "sxbank")
    assert brands[0].hosts == ("songxanhbank.example", "songxanh.example")


def test_the_report_counts_what_the_files_hold(files: tuple[Path, Path]) -> None:
    report = evaluate_names(*files)
    assert (report.brands, report.positives, report.negatives) == (2, 6, 5)
    assert report.unknown_brands == ("ngoai",)
    assert [d.name for d in report.detectors] == [
        "engine",
        "permutations",
        "substring",
        "one edit or substring",
        "points",
    ]


def test_the_engine_finds_plain_imitations_of_brands_it_was_never_trained_on(
    files: tuple[Path, Path],
) -> None:
    engine = evaluate_names(*files, baselines=False).engine
    assert engine.at_threshold.hits == 5
    assert engine.brand_right == 1.0
    assert engine.recall_by_kind["combo"] == pytest.approx(2 / 3)


def test_the_substring_rule_misses_typos_and_reports_fan_pages(files: tuple[Path, Path]) -> None:
    rule = evaluate_names(*files).detectors[2]
    assert rule.recall_by_kind["typo"] == 0.0
    assert rule.at_threshold.false_alarms == 2


def test_the_edit_rule_finds_a_typo_that_the_substring_rule_misses(tmp_path: Path) -> None:
    register, names = tmp_path / "r.csv", tmp_path / "n.csv"
    register.write_text(REGISTER, encoding="utf-8")
    names.write_text("domain,label,brand\nhoamaipst.com,1,hoamai\nxyz.com,0,\n", encoding="utf-8")
    substring, edit = evaluate_names(register, names).detectors[2:4]
    assert (substring.at_threshold.hits, edit.at_threshold.hits) == (0, 1)


def test_the_report_is_plain_figures(files: tuple[Path, Path]) -> None:
    report = evaluate_names(*files)
    figures = json.loads(report.as_json())
    assert figures == report.as_dict()
    assert {"precision", "recall", "f1", "threshold"} <= figures["detectors"][0]["best_f1"].keys()


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_has_no_script_and_escapes_what_files_say(files: tuple[Path, Path]) -> None:
    page = _Page()
    page.feed(render_html(evaluate_names(*files)))
    assert not {"script", "link", "img", "b"} & set(page.tags)
    assert "<b>made</b>" in page.text


def test_the_text_names_every_detector(files: tuple[Path, Path]) -> None:
    text = render_text(evaluate_names(*files))
    assert "engine" in text
    assert "substring" in text
    assert "Not in the register: ngoai." in text


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ("domain,brand\na.com,\n", "no column 'label'"),
        ("label,brand\n1,\n", "neither a column 'domain' nor 'name'"),
        ("name,what,label,brand\na,poem,0,\n", "no kind of name"),
        ("domain,label,brand\na.com,2,\n", "neither 0 nor 1"),
        ("domain,label,brand\n", "must not be empty"),
    ],
)
def test_a_wrong_names_file_is_refused_with_the_reason(
    files: tuple[Path, Path], names: str, says: str
) -> None:
    files[1].write_text(names, encoding="utf-8")
    with pytest.raises(ValueError, match=says):
        evaluate_names(*files)


def test_figures_at_a_threshold() -> None:
    point = at_threshold([0.9, 0.8, 0.7, NO_FINDING], [True, False, True, True], 0.75)
    assert (point.hits, point.false_alarms) == (1, 1)
    assert point.precision == 0.5
    assert point.recall == pytest.approx(1 / 3)
    assert point.f1 == pytest.approx(0.4)


def test_a_name_without_a_finding_is_never_reported() -> None:
    point = at_threshold([NO_FINDING], [True], NO_FINDING)
    assert (point.hits, point.precision, point.f1) == (0, 0.0, 0.0)


def test_recall_at_a_rate_of_false_alarms_never_parts_equal_scores() -> None:
    scores, labels = [0.9, 0.5, 0.5, 0.1], [True, True, False, False]
    assert recall_at_false_alarms(scores, labels, 0.0) == 0.5
    assert recall_at_false_alarms(scores, labels, 0.5) == 1.0
    assert best_f1(scores, labels).threshold == 0.5


def test_folds_keep_a_brand_together() -> None:
    assert folds_by_brand(["a", "b", "c"], 2) == {"a": 0, "b": 1, "c": 0}


def _lists(brands: int) -> tuple[str, str]:
    words = ["songxanh", "hoamaipost", "nuicao", "bienrong", "rungthong", "dongque"]
    register = "brand,tokens,aliases,official_domain\n"
    names = "domain,label,brand,kind,source\n"
    for word in words[:brands]:
        register += f"{word},{word},,{word}.example\n"
        for lure in ("dangnhap", "xacthuc", "vay"):
            names += f"{lure}-{word}.top,1,{word},combo,good\n"
        names += f"{word}blog.org,0,{word},hard,good\nme{word}fans.net,0,{word},hard,good\n"
    return register, names


def test_cross_validation_scores_every_name_by_other_brands_lessons(tmp_path: Path) -> None:
    register, names = tmp_path / "r.csv", tmp_path / "n.csv"
    for path, text in zip((register, names), _lists(6), strict=True):
        path.write_text(text, encoding="utf-8")
    labelled = read_names(names)
    part = Part(read_register(register), labelled)
    scores = [guess.score for guess in cross_validate([part])[0]]
    low = min(s for s, name in zip(scores, labelled, strict=True) if name.imitates)
    high = max(s for s, name in zip(scores, labelled, strict=True) if not name.imitates)
    assert low > high


def test_training_gives_a_model_and_says_what_it_left_out(tmp_path: Path) -> None:
    register, names = tmp_path / "r.csv", tmp_path / "n.csv"
    for path, text in zip((register, names), _lists(6), strict=True):
        path.write_text(text, encoding="utf-8")
    labelled = [*read_names(names), LabelledName("x-nuicao.top", True, "nuicao", "combo", "barred")]
    part = Part(read_register(register), labelled)
    stored = train(part, data=("n.csv",), leave_out="barred")
    assert stored["trained_on"]["left_out_source"] == "barred"
    assert stored["trained_on"]["imitations"] == 18
    assert model_from(stored).weights["suffix_cheap"] > 0


def test_drawn_imitations_are_misspelt_and_repeatable(files: tuple[Path, Path]) -> None:
    brands, names = read_register(files[0]), read_names(files[1]) * 20
    drawn = drawn_imitations(brands, names)
    assert drawn
    assert drawn == drawn_imitations(brands, names)
    assert all(name.source == "drawn" and name.imitates for name in drawn)
    assert not {name.host for name in drawn} & {name.host for name in names}


def test_permutations_are_found_by_membership_only(tmp_path: Path) -> None:
    register, names = tmp_path / "r.csv", tmp_path / "n.csv"
    register.write_text(REGISTER, encoding="utf-8")
    names.write_text(
        "domain,label,brand\nhoamaipots.com,1,hoamai\nhoamaipost-login.top,1,hoamai\n"
        "hoarnaipost.vn,1,hoamai\ndangky.hoamaipost-vayngay.top,1,hoamai\nxyz.com,0,\n",
        encoding="utf-8",
    )
    permutations = evaluate_names(register, names).detectors[1]
    assert (permutations.at_threshold.hits, permutations.at_threshold.false_alarms) == (3, 0)


def test_points_add_up_from_brand_lure_and_suffix(files: tuple[Path, Path]) -> None:
    points = evaluate_names(*files).detectors[4]
    assert points.at_threshold.threshold == 0.75
    assert points.recall_by_kind["combo"] == pytest.approx(2 / 3)
    assert points.at_threshold.false_alarms == 2


def test_lists_keep_only_what_the_given_names_bear_out() -> None:
    seen = [LabelledName("dang-nhap.hoamai.edgekey.net", True, "hoamai", "combo", "")]
    lists = attested_lists(seen)
    assert lists.lures["dangnhap"] == "account"
    assert "xacthuc" not in lists.lures
    assert set(lists.partners) == {"edgekey.net"}


def test_letters_beside_three_known_words_count_as_a_word() -> None:
    hosts = ["songpage.com", "songcart.com", "song-x.vn", "songblog.net", "tiniblog.net"]
    assert words_found(hosts, {"page", "cart", "blog"}) == ["song"]
    assert words_found(hosts, {"page", "cart", "blog", "song"}) == []


def test_word_lists_are_read_by_size_and_missing_ones_refused(tmp_path: Path) -> None:
    for size in SIZES:
        (tmp_path / f"english-words.{size}").write_text(f"Word\nword's\nsize{size}\nsongs\n")
    (tmp_path / "american-words.50").write_text("gray\nword\n")
    sized = words_by_size(tmp_path)
    assert sized["10"] == ["songs", "word"]
    assert sized["50"] == ["gray"]
    with pytest.raises(FileNotFoundError, match="size 10"):
        words_by_size(tmp_path / "nowhere")


HANDLES = """name,what,label,brand,kind,source
songxanh.official,handle,0,songxanh,official,vi
Sông Xanh Bank hỗ trợ,display,1,songxanh,lure,vi
songxanhbannk,handle,1,songxanh,typo,vi
lan.nguyen,handle,0,,person,vi
an@songxanhbank-vn.top,email,1,songxanh,lure,vi
"""


def test_account_names_are_measured_as_account_names(tmp_path: Path) -> None:
    register, names = tmp_path / "r.csv", tmp_path / "n.csv"
    register.write_text(
        "brand,tokens,official_domain,handles\n"
        "songxanh,songxanhbank,songxanhbank.example,songxanh.official|sx\n",
        encoding="utf-8",
    )
    names.write_text(HANDLES, encoding="utf-8")
    report = evaluate_names(register, names)
    assert (report.engine.at_threshold.hits, report.engine.at_threshold.false_alarms) == (3, 0)
    assert report.engine.false_alarms_by_kind == {"official": 0.0, "person": 0.0}
    substring = report.detectors[2]
    assert (substring.at_threshold.hits, substring.at_threshold.false_alarms) == (2, 0)


def test_the_set_of_account_names_is_what_its_readme_says() -> None:
    folder = Path(__file__).parents[2] / "evaluation" / "handles"
    names, brands = read_names(folder / "handles.csv"), read_register(folder / "register.csv")
    assert (len(names), len(brands)) == (672, 21)
    counts = Counter(name.kind for name in names)
    readme = (folder / "README.md").read_text("utf-8")
    assert all(f"| `{kind}` | {count} |" in readme for kind, count in counts.items())
    listed = {handle for brand in brands for handle in brand.handles}
    official = {n.host.lstrip("@").lower() for n in names if n.kind == "official"}
    assert official <= {handle.lower() for handle in listed}
    assert {n.brand for n in names if n.imitates} == {brand.id for brand in brands}


def test_account_names_teach_beside_hosts_and_are_reported_apart(tmp_path: Path) -> None:
    register, names, accounts = (tmp_path / f"{each}.csv" for each in "rna")
    for path, text in zip((register, names), _lists(6), strict=True):
        path.write_text(text, encoding="utf-8")
    words = ["suoitrong", "thungdo", "caobang", "hoanghon", "nuocbac", "dongxuan"]
    rows = [f"{word}.cskh,handle,1,{word},lure,vi\nhoi_{word},handle,0,,about,vi" for word in words]
    accounts.write_text("name,what,label,brand,kind,source\n" + "\n".join(rows), encoding="utf-8")
    hosts = Part(read_register(register), read_names(names))
    keepers = [Brand(id=word, display=word, tokens=(word,)) for word in words]
    stored = train(hosts, Part(keepers, read_names(accounts)), data=("a",), leave_out="")
    assert stored["trained_on"]["accounts"] == 12
    assert stored["report"]["accounts"]["best_f1"]["f1"] > 0.9
    assert len(stored["report"]["other_deals"]) == 2
    assert any(name.startswith("account:") for name in stored["weights"])


def test_official_names_are_held_against_the_engine_and_none_is_reported(
    files: tuple[Path, Path],
) -> None:
    report = evaluate_names(*files, baselines=False)
    assert (report.official, report.official_reported) == (3, ())
    assert "Of 3 official names 0 are called lookalikes." in render_text(report)
