//! What rule sets can say beyond the published examples (domain-money MB).

use serde_json::json;
use subsidy::{
    Bp, Fen,
    advance::releases,
    calendar::day,
    correction::{Item, correction},
    settle::Payee,
    wallet::{Warning, wallets, warnings},
};

use super::{case, published, rules, settled, told, under_seven};

#[test]
fn the_age_may_be_that_on_the_day_of_the_application() {
    let rules =
        rules(json!({"age": {"ref": "application", "bands": [{"id": "0-6", "from": 0, "below": 7}]}, "grants": [{}]}));
    let month = json!([{"month": "2026-06", "gross_fen": 100}]);
    for (key, on, paid) in [
        ("applied_on", "2026-03-09", 100),
        ("application", "2026-03-10", 0),
        ("application_day", "2026-03", 100),
    ] {
        let child = json!({"child": {"birth": "2019-03-10", key: on}});
        assert_eq!(
            settled(&rules, month.clone(), child).lines[0].subsidy.get(),
            paid,
            "{key}"
        );
        let beside = json!({"child": {"birth": "2019-03-10"}, key: on});
        assert_eq!(
            settled(&rules, month.clone(), beside).lines[0].subsidy.get(),
            paid,
            "{key} beside"
        );
    }
    let nobody_said = case(month, json!({}));
    let error = subsidy::settle::settle(&rules, &nobody_said).unwrap_err().to_string();
    assert!(error.contains("day of the application"), "{error}");
}

#[test]
fn day_month_and_year_caps_are_named_with_their_figures() {
    let rules = published("cd-caps");
    let lines = settled(
        &rules,
        json!([{"month": "2026-03", "gross_fen": 400_000, "days": 10}]),
        json!({}),
    )
    .lines;
    let said = lines[0].said(&rules).unwrap();
    assert!(
        said.figures
            .zh
            .contains("每天最多 300.00 元，到课 10 天，合计 3,000.00 元"),
        "{}",
        said.figures.zh
    );
    assert!(
        said.figures.en.contains("10 days make 3,000.00 yuan"),
        "{}",
        said.figures.en
    );
    let rules = published("zj-2018");
    let more = json!({"opening": {"paid_fen": 2_250_050}});
    let lines = settled(&rules, json!([{"month": "2026-11", "gross_fen": 260_000}]), more).lines;
    let said = lines[0].said(&rules).unwrap();
    assert!(
        said.figures
            .zh
            .contains("最多 24,000.00 元，此前已补助 22,500.50 元，还可补助 1,499.50 元"),
        "{}",
        said.figures.zh
    );
    assert_eq!(
        said.change.zh.split('；').next(),
        Some("下一结算年度自2027年1月1日开始")
    );
}

#[test]
fn every_refusal_of_a_statement_says_its_figures_and_what_would_change_it() {
    let zs = published("zs-2022");
    let grade = json!({"child": {"birth": "2015-03-03", "certificates": ["deferral"], "grade": 3}});
    let month = |intensity| json!([{"month": "2022-10", "gross_fen": 1, "intensity": intensity}]);
    let lines = settled(
        &zs,
        month(json!({"day_minutes": 180, "single_week_minutes": 55})),
        grade,
    )
    .lines;
    let said = lines[0].said(&zs).unwrap();
    assert!(
        said.figures.zh.contains("每周个训分钟数要求 60，现有 55，差 5"),
        "{}",
        said.figures.zh
    );
    let refused = [
        ("zj-2018", json!({"out_of_area": true}), "consent", "同意"),
        ("zj-2018", json!({"designated": false}), "place", "定点"),
        ("zj-2018", json!({"insurance_fen": 500_000}), "nothing", "自付为零"),
        ("own-tiers", json!({"days": 8}), "attendance", "到课 8 天，至少要 10 天"),
        (
            "allow-300",
            json!({"days": 0, "plan_days": 22}),
            "attendance",
            "计划 22 天，到课 0 天",
        ),
        ("gz-modes", json!({}), "no_rate", "类别：孤独症"),
    ];
    for (id, more, code, part) in refused {
        let rules = published(id);
        let mut statement = json!({"month": "2026-03", "gross_fen": 100_000});
        statement
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().cloned().unwrap());
        let lines = settled(&rules, json!([statement]), json!({})).lines;
        let said = lines[0].said(&rules).unwrap();
        assert_eq!(lines[0].refusal.as_ref().unwrap().code(), code);
        assert!(said.figures.zh.contains(part), "{}", said.figures.zh);
        for text in [said.plain, said.figures, said.change] {
            assert!(!text.zh.is_empty() && !text.en.is_empty() && !text.en.contains('{') && !text.zh.contains('{'));
        }
    }
}

#[test]
fn the_rule_is_named_with_the_day_it_came_into_force() {
    let rules = under_seven(json!({"grants": [{"month_fen": 10}]}));
    let lines = settled(&rules, json!([{"month": "2026-03", "gross_fen": 100}]), json!({})).lines;
    let said = lines[0].said(&rules).unwrap();
    assert!(
        said.figures.zh.starts_with("按《自拟规则》（2026年1月1日起施行）："),
        "{}",
        said.figures.zh
    );
}

#[test]
fn months_of_a_year_and_of_a_life_count_once_whatever_institutions_served_them() {
    let rules = under_seven(json!({"months_per_year": 2, "grants": [{"lifetime_months": 3}]}));
    let of = |month: &str, at: &str| json!({"month": month, "gross_fen": 100, "institution": at});
    let statements = json!([
        of("2026-01", "A"),
        of("2026-01", "B"),
        of("2026-02", "A"),
        of("2026-02", "B"),
        of("2026-03", "A"),
        of("2027-01", "A"),
        of("2027-01", "B"),
        of("2027-02", "A")
    ]);
    let got = settled(&rules, statements, json!({}));
    let paid = (100, "");
    assert_eq!(
        told(&got),
        [paid, paid, paid, paid, (0, "months"), paid, paid, (0, "lifetime")]
    );
    assert_eq!(wallets(&got).unwrap()[0].months_left, Some(0));
}

#[test]
fn a_row_may_have_a_share_a_fund_and_months_of_its_own() {
    let rules = under_seven(json!({"share_bp": 10_000, "months_per_year": 12, "grants": [
        {"when": {"category": "autism"}, "share_bp": 5_000, "fund": "X", "months_per_year": 1}]}));
    let got = settled(
        &rules,
        json!([{"month": "2026-01", "gross_fen": 101}, {"month": "2026-02", "gross_fen": 101}]),
        json!({}),
    );
    assert_eq!(told(&got), [(51, ""), (0, "months")]);
    assert_eq!(got.lines[0].fund.as_ref().unwrap().as_str(), "X");
}

#[test]
fn a_yearly_amount_falls_with_age_and_never_below_zero() {
    let rules = rules(json!({"age": {"bands": [{"id": "all", "from": 0, "below": 100}]},
        "grants": [{"year_by_age": {"base_fen": 1000, "from_age": 7, "less_fen": 300}}]}));
    let paid = |birth: &str| {
        let child = json!({"child": {"birth": birth}});
        settled(&rules, json!([{"month": "2026-06", "gross_fen": 5000}]), child).lines[0]
            .subsidy
            .get()
    };
    assert_eq!(
        [
            paid("2021-01-01"),
            paid("2019-01-01"),
            paid("2017-01-01"),
            paid("2000-01-01")
        ],
        [1000, 1000, 400, 0]
    );
}

#[test]
fn when_a_cap_falls_below_what_was_paid_nothing_is_claimed_back() {
    let rules = published("fj-2023");
    let more = json!({"child": {"birth": "2021-03-10", "economy": "poor"}, "opening": {"paid_fen": 1_900_000},
        "changes": [{"from": "2026-11", "set": {"economy": "ordinary"}}]});
    let got = settled(&rules, json!([{"month": "2026-11", "gross_fen": 100_000}]), more);
    assert_eq!(
        (got.lines[0].subsidy, got.lines[0].parent),
        (Fen::ZERO, Fen::new(100_000))
    );
    assert_eq!(wallets(&got).unwrap()[0].left, Some(Fen::ZERO));
}

#[test]
fn meals_and_allowances_share_the_days_of_a_month_and_come_out_of_the_year_if_the_rule_says_so() {
    let rules = under_seven(json!({"grants": [{"year_fen": 10_000}],
        "meal": {"day_fen": 100, "max_days": 22, "months_per_year": 1, "within_year": true},
        "allowance": {"month_fen": 30_000}}));
    let of = |month: &str, at: &str| json!({"month": month, "gross_fen": 1000, "days": 12, "plan_days": 24, "institution": at});
    let got = settled(
        &rules,
        json!([of("2026-01", "A"), of("2026-01", "B"), of("2026-02", "A")]),
        json!({}),
    );
    let meals: Vec<i64> = got.lines.iter().map(|line| line.meal.get()).collect();
    assert_eq!(meals, [1200, 1000, 0]);
    let allowances: Vec<i64> = got.lines.iter().map(|line| line.allowance.get()).collect();
    assert_eq!(allowances, [15_000, 15_000, 15_000]);
    assert_eq!(got.years[0].paid, Fen::new(3000 + 2200));
}

#[test]
fn who_is_paid_follows_the_place_and_the_rule() {
    let rules = under_seven(json!({"grants": [{}]}));
    let statements = json!([{"month": "2026-01", "gross_fen": 1}, {"month": "2026-02", "gross_fen": 1, "out_of_area": true, "consent": true}]);
    let payees = |rules| {
        settled(rules, statements.clone(), json!({}))
            .lines
            .iter()
            .map(|line| line.payee)
            .collect::<Vec<_>>()
    };
    assert_eq!(payees(&rules), [Payee::Institution, Payee::Guardian]);
    let refunds = under_seven(json!({"grants": [{}], "payee": "guardian"}));
    assert_eq!(payees(&refunds), [Payee::Guardian, Payee::Guardian]);
}

#[test]
fn institutions_of_a_month_are_taken_in_the_rule_s_order() {
    let order = |order: &str| {
        let rules = under_seven(json!({"month_order": order, "grants": [{"month_fen": 100}]}));
        let statements = json!([{"month": "2026-01", "gross_fen": 80, "days": 3, "institution": "C"},
            {"month": "2026-01", "gross_fen": 80, "days": 9, "institution": "B"}, {"month": "2026-01", "gross_fen": 80, "days": 5, "institution": "A"}]);
        let lines = settled(&rules, statements, json!({})).lines;
        lines
            .iter()
            .map(|line| format!("{}{}", line.institution, line.subsidy.get()))
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(order("given"), "C80 B20 A0");
    assert_eq!(order("most_days"), "B80 A20 C0");
    assert_eq!(order("institution"), "A80 B20 C0");
}

#[test]
fn a_corrected_birth_date_moves_money_between_funds_though_the_sum_stays() {
    let rules = rules(
        json!({"age": {"bands": [{"id": "0-6", "from": 0, "below": 7, "fund": "2296006"},
        {"id": "7-17", "from": 7, "below": 18, "fund": "2081104"}]}, "grants": [{"month_fen": 1000}]}),
    );
    let month = json!([{"month": "2026-03", "gross_fen": 1000}]);
    let with = |birth: &str| settled(&rules, month.clone(), json!({"child": {"birth": birth}}));
    let found = correction(&with("2021-03-10"), &with("2012-03-10")).unwrap();
    assert!(found.rows.is_empty());
    let posted: Vec<(String, i64)> = found
        .postings
        .iter()
        .map(|p| (p.fund.clone().unwrap().to_string(), p.diff_fen.get()))
        .collect();
    assert_eq!(posted, [("2081104".to_owned(), 1000), ("2296006".to_owned(), -1000)]);
    assert!(found.postings.iter().all(|posting| posting.item == Item::Subsidy));
}

#[test]
fn funders_share_each_line_and_releases_a_quota() {
    let bp = |points| Bp::new(points).unwrap();
    assert_eq!(
        releases(Fen::new(101), &[bp(7000), bp(3000)]).unwrap(),
        [Fen::new(71), Fen::new(30)]
    );
    let file = json!({"rule_sets": [{"id": "r", "params": {"funders": [{"id": "city", "bp": 4000}, {"id": "county"}], "grants": [{}]}}],
        "cases": [{"id": "f", "kind": "settle", "rule_set": "r", "child": {"birth": "2021-01-01"}, "statements": [{"month": "2026-01", "gross_fen": 5}],
            "expect": {"lines": [{"parts": [{"id": "city", "fen": 2}, {"id": "county", "fen": 3}]}]}}]});
    assert_eq!(subsidy::file::run(&file.to_string()).unwrap().results[0].ok, Some(true));
}

#[test]
fn the_wallet_warns_while_something_can_still_be_done() {
    let rules = published("zj-2018");
    let months: Vec<_> = (1..=12)
        .map(|month| json!({"month": format!("2026-{month:02}"), "gross_fen": 260_000}))
        .collect();
    let deferral = json!([{"kind": "deferral", "from": "2026-04-01", "to": "2026-05-01"}]);
    let told = |birth: &str, today: &str| {
        let case = case(
            json!(months),
            json!({"child": {"birth": birth, "certificates": deferral}}),
        );
        warnings(&rules, &case, day(today).unwrap()).unwrap()
    };
    let early = told("2021-03-10", "2026-02-01");
    assert_eq!(
        early.iter().map(|warning| warning.said(&rules).zh).collect::<Vec<_>>(),
        ["按目前的安排，全年额度将在2026年11月用完。"]
    );
    let turning = told("2019-06-15", "2026-04-10");
    let said: Vec<String> = turning.iter().map(|warning| warning.said(&rules).zh).collect();
    assert!(
        said.contains(&"2026年6月15日满 7 周岁，2026年6月之后要有缓学证明。".to_owned()),
        "{said:?}"
    );
    assert!(
        said.contains(&"缓学证明2026年5月1日到期，还有 21 天，请及时续办。".to_owned()),
        "{said:?}"
    );
    let tiers = published("own-tiers");
    let case = case(json!([{"month": "2026-03", "gross_fen": 100, "days": 14}]), json!({}));
    let two_missing = warnings(&tiers, &case, day("2026-03-20").unwrap()).unwrap();
    assert!(
        matches!(two_missing[..], [Warning::Days { missing: 2, .. }]),
        "{two_missing:?}"
    );
}

#[test]
fn a_budget_has_cases_and_a_break_even() {
    let budget = json!({"kind": "budget", "id": "b", "heads": 10, "groups": [{"heads": 10, "months": 10, "fee_fen": 1000}],
        "staff": [{"post": "teacher", "posts": 1, "year_fen": 120_000}], "per_head_running_fen": 4000,
        "scenarios": [{"id": "low", "heads_bp": 8000}, {"id": "high", "heads_bp": 25_000}],
        "expect": {"gap_fen": 60_000, "break_even_heads": 20, "scenarios": [{"id": "low", "heads": 8, "gap_fen": 72_000}, {"heads": 25, "gap_fen": -30_000}]}});
    let outcome = subsidy::file::run(&json!({"cases": [budget]}).to_string()).unwrap();
    assert_eq!(outcome.results[0].ok, Some(true), "{}", outcome.results[0].got);
    let lines = settled(
        &published("own-funds"),
        json!([{"month": "2026-09", "gross_fen": 300_000}]),
        json!({}),
    );
    let cash = subsidy::budget::cash([&lines], 2).unwrap();
    let (key, fen) = cash.first_key_value().unwrap();
    assert_eq!((key.1.to_string().as_str(), fen.get()), ("2026-11", 240_000));
}
