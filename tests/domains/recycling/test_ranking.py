"""Golden advice: real questions with the answer a person in Korea should get."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bunri.domains.recycling.public import Facts, Guess
from bunri.domains.recycling.ranking import decide, guess_categories
from bunri.domains.recycling.table import RuleTable
from bunri.kit.materials import Material, Tag

SAID = [
    # words, tags, region → item, category, a piece of the steps, a piece of the reason
    ("피자 박스", "greasy", None, "pizza-box", "general", "깨끗한 부분은 잘라", "기름이 밴 종이"),
    ("피자 박스", "", None, "pizza-box", "cardboard", "기름이나 치즈가 묻은 부분은 잘라", "다시 상자"),
    ("컵라면 용기", "clean", None, "noodle-cup", "styrofoam", "뚜껑과 비닐은 떼고", "하얗게 씻긴"),
    ("컵라면 용기", "food_left", None, "noodle-cup", "general", "음식물쓰레기로 비워요", "자국이 남은 스티로폼"),
    ("종이 컵라면", "", None, "paper-noodle-cup", "general", "국물과 건더기", "코팅되어"),
    ("깨진 유리", "", None, "broken-glass", "incombustible", "신문지로 여러 겹", "다치게"),
    ("맥주병", "broken", None, "beer-bottle", "incombustible", "‘깨진 유리’라고", "재활용할 수 없고"),
    ("맥주병", "", None, "beer-bottle", "deposit", "보증금을 받아요", "씻어서 그대로 다시"),
    ("생수병", "label_on", None, "clear-pet-bottle", "clear_pet", "라벨을 절취선을 따라", "라벨은 병과 재질이 달라"),
    ("생수병", "coloured", None, "clear-pet-bottle", "plastic", "플라스틱류 수거함", "투명페트병과 섞이지 않게"),
    ("막걸리병", "", None, "coloured-pet-bottle", "plastic", "플라스틱류 수거함", "플라스틱류로 모아요"),
    ("우유팩", "", None, "milk-carton", "carton", "가위로 잘라 펼쳐요", "화장지로"),
    ("두유팩", "", None, "soy-milk-carton", "carton", "빨대와 비닐", "멸균팩도 종이팩"),
    ("종이컵", "food_left", None, "paper-cup", "paper", "남은 음료를 비우고", "종이컵끼리"),
    ("아이스 아메리카노 테이크아웃컵", "", None, "takeout-cup", "plastic", "얼음과 음료", "플라스틱류로 모아요"),
    ("택배박스", "tape_on", None, "cardboard-box", "cardboard", "테이프와 택배 송장", "재활용 품질"),
    ("신문지", "wet", None, "newspaper", "paper", "완전히 말려요", "젖은 종이는"),
    ("영수증", "", None, "receipt", "general", "종량제봉투", "감열지"),
    ("부탄가스", "gas_left", None, "butane-can", "can", "가스를 끝까지 빼요", "터져요"),
    ("헤어스프레이", "", None, "aerosol-can", "can", "노즐을 눌러", "눌리면 터져요"),
    ("참치캔", "greasy", None, "food-can", "can", "기름기는 세제로", "다시 금속"),
    ("후라이팬", "", None, "frying-pan", "scrap_metal", "손잡이는", "녹여서 다시"),
    ("식칼", "", None, "knife-scissors", "general", "‘날카로움 주의’", "다치게"),
    ("베개", "", None, "pillow", "general", "봉투에 들어가게", "의류수거함에 넣지"),
    ("베개", "large", None, "pillow", "bulky", "스티커를 사서", "봉투에 들어가지 않는"),
    ("보조배터리", "", None, "power-bank", "battery", "전지(폐건전지)", "불이 나요"),
    ("보조배터리", "leaking", None, "power-bank", "battery", "맨손으로 만지지", "갑자기 불이"),
    ("건전지", "", None, "battery", "battery", "테이프를 붙여", "중금속"),
    ("형광등", "broken", None, "fluorescent-lamp", "incombustible", "창문을 열고", "수은이 새고"),
    ("LED 전구", "", None, "led-bulb", "lamp", "폐형광등 전용", "2023년부터"),
    ("먹다남은 약", "", None, "medicine", "medicine", "약국, 보건소", "하수구"),
    ("페인트", "", None, "paint", "hazardous", "밀봉해요", "하수구에 버리지"),
    ("치킨뼈", "", None, "bones", "general", "살을 떼어", "동물이 먹을 수 없고"),
    ("달걀껍질", "", None, "eggshell", "general", "종량제봉투", "소화하지"),
    ("바나나껍질", "", None, "fruit-peel", "food", "음식물쓰레기 전용", "사료나 퇴비"),
    ("헌옷", "", None, "clothes", "textile", "의류수거함", "다시 입고"),
    ("헌옷", "torn", None, "clothes", "general", "걸레로", "다시 입을 수 없어요"),
    ("과자봉지", "", None, "snack-bag", "vinyl", "부스러기를 털어요", "은색이어도"),
    ("비닐봉지", "food_left", None, "plastic-bag", "general", "쉽게 씻기면", "더럽혀요"),
    ("소파", "", None, "sofa", "bulky", "스티커", "따로 거두어"),
    ("냉장고", "", None, "fridge", "large_electronics", "1599-0903", "냉매"),
    ("장난감", "battery_inside", None, "plastic-toy", "small_electronics", "빠지지 않으면", "불이 나요"),
    ("젤 아이스팩", "", None, "gel-ice-pack", "general", "뜯지 말고", "미세 플라스틱"),
    ("락스통", "chemical_left", None, "detergent-bottle", "hazardous", "하수구에 붓지 말고", "유해폐기물이에요"),
    ("식용유", "", None, "cooking-oil", "used_oil", "식히고", "바이오디젤"),
    ("전기장판", "", None, "electric-blanket", "large_electronics", "1599-0903", "2026년부터"),
    ("전동킥보드", "", None, "e-scooter", "large_electronics", "억지로 뜯지", "2026년부터"),
    ("전자담배", "", None, "e-cigarette", "small_electronics", "카트리지", "불이 나요"),
    ("빈 페인트통", "", None, "empty-paint-can", "hazardous", "바람이 통하는 곳에서", "캔류로 받지 않아요"),
    ("플라스틱 화분", "", None, "plastic-pot", "plastic", "흙과 뿌리", "녹여서 다시"),
    ("비닐장갑", "", None, "vinyl-gloves", "vinyl", "묻었으면 종량제봉투", "비닐과 같은 재질"),
    ("즉석밥 그릇", "", None, "delivery-container", "plastic", "기름기는 세제로", "플라스틱류로 모아요"),
    ("타이어", "", None, "tyre", "bulky", "정비소에", "고무와 철심"),
    ("텐트", "", None, "tent", "bulky", "폴대는", "방수 천"),
    ("반창고", "", None, "bandage", "general", "안쪽으로 접어", "피가 묻어"),
    ("폭죽", "", None, "fireworks", "general", "물에 하룻밤", "수거차에서 불"),
    ("갑각류", "", None, "crab-shell", "general", "물기를", "딱딱해"),
    # regions
    ("전자담배", "", "서울 노원구", "e-cigarette", "battery", "2차전지 전용 수거함", "2025년 9월"),
    ("깨진 그릇", "", "군포시", "ceramic", "incombustible", "불연성 전용 마대에 담아 20시", "군포시는"),
    ("검은 스티로폼", "", "노원구", "coloured-foam", "general", "종량제봉투", "노원구는"),
    ("스티로폼 상자", "coloured", "강남구", "styrofoam-box", "general", "종량제봉투", "서울시는"),
    ("비계", "", "인천 연수구", "meat-fat", "general", "종량제봉투", "연수구는"),
    ("비계", "", None, "meat-fat", "food", "음식물쓰레기", "사료"),
    ("통배추", "", "부산진구", "whole-cabbage", "general", "종량제봉투", "부산진구는"),
    ("화장품병", "", "대구 중구", "cosmetic-glass", "incombustible", "마대", "대구 중구는"),
    ("페트병", "", "제주시", "clear-pet-bottle", "clear_pet", "월·수·금·일요일", "고품질"),
    ("페트병", "", "강남구", "clear-pet-bottle", "clear_pet", "목요일 20시", "강남구 주택가"),
    ("알약", "", "서울 노원구", "medicine", "medicine", "우체통", "하수구"),
]  # fmt: skip


class TestGoldenAdvice:
    @pytest.mark.parametrize(
        ("words", "tag", "region", "item", "category", "step", "why"),
        SAID,
        ids=[f"{words}-{tag or 'plain'}-{region or 'national'}" for words, tag, region, *_ in SAID],
    )
    def test_is_what_a_person_should_do(
        self, table: RuleTable, words: str, tag: str, region: str | None, item: str, category: str, step: str, why: str
    ) -> None:
        decision = decide(table, Facts(words=words, tags=(Tag(tag),) if tag else ()), region)
        assert (decision.item.slug, decision.category.slug) == (item, category)
        assert step in " ".join(each.text.ko for each in decision.steps)
        assert why in " ".join(each.ko for each in decision.why)


class TestRegions:
    def test_the_nearest_region_speaks_before_the_one_around_it(self, table: RuleTable) -> None:
        decision = decide(table, Facts(label="coloured-foam"), "노원구")
        assert [override.slug for override in decision.overrides] == ["nowon-coloured-foam"]
        assert decision.region
        assert decision.region.slug == "seoul-nowon"

    def test_an_unknown_region_gets_the_national_rule(self, table: RuleTable) -> None:
        assert decide(table, Facts(label="coloured-foam"), "Atlantis") == decide(table, Facts(label="coloured-foam"))

    def test_the_row_that_decided_is_named(self, table: RuleTable) -> None:
        national, condition, local = (
            decide(table, Facts(label="glass-bottle")),
            decide(table, Facts(label="glass-bottle", tags=(Tag.BROKEN,))),
            decide(table, Facts(label="glass-bottle", tags=(Tag.BROKEN,)), "군포"),
        )
        assert national.id == "glass-bottle"
        assert condition.id == "glass-bottle+broken-glass"
        assert local.id == "glass-bottle+broken-glass@gunpo-sack"
        assert local.rule.source == "gunpo"

    def test_one_unverified_row_makes_the_advice_unverified(self, table: RuleTable) -> None:
        assert decide(table, Facts(label="clear-pet-bottle")).rule.verified
        assert not decide(table, Facts(label="clear-pet-bottle"), "제주").rule.verified


anything = st.builds(
    Facts,
    label=st.none() | st.text(max_size=40) | st.sampled_from(["bottle", "person", "noodle-cup", "drink can", "책"]),
    material=st.sampled_from(Material),
    form=st.none() | st.text(max_size=10) | st.sampled_from(["bottle", "cup", "can", "box"]),
    tags=st.lists(st.sampled_from(Tag), max_size=5).map(tuple),
    words=st.none() | st.text(max_size=200) | st.sampled_from(["깨진 유리", "컵라면 용기", "plastic bag"]),
)
somewhere = st.none() | st.text(max_size=20) | st.sampled_from(["노원구", "seoul", "제주", "군포", "대구 중구"])


class TestAlways:
    @given(facts=anything, region=somewhere)
    @settings(max_examples=300)
    def test_there_is_an_answer_with_its_rule(self, table: RuleTable, facts: Facts, region: str | None) -> None:
        decision = decide(table, facts, region)
        assert decision.steps
        assert decision.why
        assert decision.rule.source in table.sources
        assert 0 <= decision.certainty <= 1
        assert decision.reasons
        assert decision.item not in [other.item for other in decision.alternatives]

    @given(facts=anything, region=somewhere)
    def test_the_same_facts_get_the_same_answer(self, table: RuleTable, facts: Facts, region: str | None) -> None:
        assert decide(table, facts, region) == decide(table, facts, region)

    @given(facts=anything, region=somewhere)
    def test_a_region_changes_nothing_elsewhere(self, table: RuleTable, facts: Facts, region: str | None) -> None:
        decision = decide(table, facts, region)
        around = {each.slug for each in table.region_chain(table.region(region))}
        assert {override.region for override in decision.overrides} <= around
        if not decision.overrides:
            assert decision == decide(table, facts)

    @given(facts=anything, region=somewhere)
    def test_tags_change_the_advice_only_by_a_named_row(
        self, table: RuleTable, facts: Facts, region: str | None
    ) -> None:
        tagged, plain = decide(table, facts, region), decide(table, facts.model_copy(update={"tags": ()}), region)
        assert tagged.item == plain.item
        if not tagged.conditions and tagged.overrides == plain.overrides:
            assert (tagged.steps, tagged.why, tagged.category) == (plain.steps, plain.why, plain.category)
        assert len({condition.tag for condition in tagged.conditions}) == len(tagged.conditions)

    def test_nothing_known_means_the_general_bag(self, table: RuleTable) -> None:
        decision = decide(table, Facts())
        assert (decision.item.slug, decision.category.slug, decision.certainty) == ("unknown-item", "general", 0)

    @given(words=st.text(max_size=200))
    def test_no_words_can_make_a_region_or_a_condition(self, table: RuleTable, words: str) -> None:
        decision = decide(table, Facts(words=words))
        assert not decision.conditions
        assert not decision.overrides


class TestGuessCategories:
    GUESSES = (Guess(label="glass-bottle"), Guess(label="ceramic"), Guess(material=Material.METAL))

    @staticmethod
    def of(table: RuleTable, facts: Facts, region: str | None = None) -> tuple[str, ...]:
        return guess_categories(table, facts, decide(table, facts, region), region)

    def test_of_each_guess_is_where_it_would_go(self, table: RuleTable) -> None:
        assert self.of(table, Facts(guesses=self.GUESSES)) == ("glass", "incombustible", "can")

    def test_hold_in_the_same_state(self, table: RuleTable) -> None:
        broken = Facts(guesses=self.GUESSES, tags=(Tag.BROKEN,))
        assert self.of(table, broken)[:2] == ("incombustible", "incombustible")

    def test_of_the_thing_itself_is_the_one_advised_words_and_region_included(self, table: RuleTable) -> None:
        glass = Guess(material=Material.GLASS)
        facts = Facts(material=Material.GLASS, words="깨진 유리", guesses=(glass, *self.GUESSES))
        assert self.of(table, facts, "제주")[0] == decide(table, facts, "제주").category.slug == "incombustible"

    def test_words_are_not_about_the_other_guesses(self, table: RuleTable) -> None:
        facts = Facts(material=Material.GLASS, words="깨진 유리", guesses=self.GUESSES)
        assert self.of(table, facts)[0] == "glass"

    def test_no_guess_has_no_category(self, table: RuleTable) -> None:
        assert self.of(table, Facts(label="glass-bottle")) == ()
