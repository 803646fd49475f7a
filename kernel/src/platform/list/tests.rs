use super::*;

#[test]
fn a_page_knows_its_place() {
    let page = Page::<()>::place(3, 120);
    assert_eq!((page.pages, page.first, page.last, page.offset()), (3, 101, 120, 100));
    let behind = Page::<()>::place(9, 120);
    assert_eq!(behind.page, 3);
    let empty = Page::<()>::place(1, 0);
    assert_eq!((empty.pages, empty.first, empty.last), (1, 0, 0));
}

#[test]
fn nonsense_is_the_first_page() {
    for (typed, number) in [
        ("", 1),
        ("x", 1),
        ("-3", 1),
        ("0", 1),
        ("1", 1),
        ("7", 7),
        ("2000000", 1_000_000),
    ] {
        let list = List {
            page: typed.into(),
            ..List::default()
        };
        assert_eq!(list.number(), number, "{typed:?}");
    }
}

#[test]
fn links_keep_the_filters() {
    let mut list = List {
        q: "王".into(),
        sealed: "AQE".into(),
        ..List::default()
    };
    list.filters.insert("street".into(), "330211004".into());
    assert_eq!(list.href_page(2), "?find=AQE&page=2&street=330211004");
    assert_eq!(
        list.href_sort("name"),
        "?dir=asc&find=AQE&page=1&sort=name&street=330211004"
    );
}

#[test]
fn a_column_tells_how_the_list_is_sorted_by_it() {
    let mut list = List {
        sort: "name".into(),
        ..List::default()
    };
    assert_eq!((list.sorted_by("name"), list.sorted_by("since")), ("asc", ""));
    assert_eq!(list.href_sort("name"), "?dir=desc&page=1&sort=name");
    list.dir = "desc".into();
    assert_eq!((list.sorted_by("name"), list.sorted_by("since")), ("desc", ""));
    assert_eq!(list.href_sort("name"), "?dir=asc&page=1&sort=name");
    assert_eq!(list.href_sort("since"), "?dir=asc&page=1&sort=since");
}

#[test]
fn the_usual_order_is_told_until_somebody_asks_for_another() {
    let mut list = List {
        usual: Some(Order::rising("due")),
        ..List::default()
    };
    assert_eq!((list.sorted_by("due"), list.sorted_by("name")), ("asc", ""));
    assert_eq!(list.href_sort("due"), "?dir=desc&page=1&sort=due");
    assert_eq!(list.query(), "", "nobody asked for it");
    list.sort = "name".into();
    assert_eq!((list.sorted_by("due"), list.sorted_by("name")), ("", "asc"));
    list.sort = "due".into();
    list.dir = "desc".into();
    assert_eq!(list.sorted_by("due"), "desc");
    list.usual = Some(Order::falling("at"));
    list.sort = String::new();
    list.dir = String::new();
    assert_eq!(
        (list.sorted_by("at"), list.href_sort("at").as_str()),
        ("desc", "?dir=asc&page=1&sort=at")
    );
}

#[test]
fn a_list_is_bare_until_anything_is_asked() {
    assert!(List::of_query("").is_bare() && List::of_query("q=+&page=3").is_bare());
    for asked in ["view=", "view=all", "q=x", "find=AQE", "sort=name", "kind=rescreen"] {
        assert!(!List::of_query(asked).is_bare(), "{asked}");
    }
    let mut list = List::default();
    list.narrow("view", "ours");
    assert_eq!((list.filter("view"), list.query().as_str()), ("ours", "view=ours"));
    // Fields that were emptied ask for everything, and the links say so.
    for (query, links) in [
        ("", ""),
        ("view=&kind=", "all=true"),
        ("view=&kind=intake", "kind=intake"),
    ] {
        let mut list = List::of_query(query);
        list.ask_for_all();
        assert_eq!(list.query(), links, "{query}");
    }
}

#[test]
fn a_number_is_counted_to_its_end_or_says_that_it_is_not() {
    assert_eq!([999, 1000, 1001].map(shown), ["999", "1000", "1000+"]);
}

#[test]
fn a_kept_query_is_the_same_list_from_its_first_page() {
    let list = List::of_query("?dir=desc&find=AQE&page=7&sort=name&street=330211004&format=csv");
    assert_eq!(
        (list.sort.as_str(), list.descending(), list.number()),
        ("name", true, 1)
    );
    assert_eq!(list.query(), "dir=desc&find=AQE&format=csv&sort=name&street=330211004");
    let mut asked = list.clone();
    assert_eq!(asked.take("format"), "csv");
    assert_eq!(asked.take("format"), "");
    assert_eq!(asked.query(), "dir=desc&find=AQE&sort=name&street=330211004");
    assert_eq!(List::of_query("%FF&&=").query(), "");
}

#[test]
fn a_page_comes_apart_into_rows_and_their_place() {
    let page = Page::place(2, 60).with(vec!["a", "b"]);
    let (rows, place) = page.apart::<u8>();
    assert_eq!(rows, ["a", "b"]);
    assert_eq!(
        (place.rows.len(), place.first, place.last, place.total),
        (0, 51, 60, 60)
    );
}
