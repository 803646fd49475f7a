//! A roster as a district sends it: an .xlsx with so many children.

use std::path::Path;

use rust_xlsxwriter::Workbook;

const HEAD: [&str; 9] = [
    "姓名",
    "性别",
    "出生日期",
    "身份证号",
    "现居住地",
    "详细地址",
    "监护人姓名",
    "关系",
    "联系电话",
];
const GIVEN: [&str; 20] = [
    "宇轩", "梓涵", "子墨", "欣怡", "浩然", "诗琪", "一诺", "沐宸", "若汐", "奕辰", "语桐", "景行", "知夏", "安然",
    "书瑶", "承泽", "念初", "星野", "可欣", "嘉树",
];

/// Write it.
pub(crate) fn write(file: &Path, rows: u32) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in (0u16..).zip(HEAD) {
        sheet.write(0, column, name).unwrap();
    }
    for n in 0..rows {
        let birth = format!("{}{:02}{:02}", 2021 + n % 4, 1 + n / 4 % 12, 1 + n / 48 % 28);
        // Sequences of the citizen number: even for girls, and each day has its own.
        let sequence = 100 + n / 1344 % 800;
        let cells = [
            format!(
                "{}{}",
                ["王", "李", "张", "刘", "陈", "杨", "黄"][pick(n, 7)],
                GIVEN[pick(n / 7, 20)]
            ),
            if sequence % 2 == 1 { "男" } else { "女" }.to_owned(),
            format!("{}-{}-{}", &birth[..4], &birth[4..6], &birth[6..]),
            number(&format!("330211{birth}{sequence}")),
            "庄市街道".to_owned(),
            format!("中官路{}号", n % 400 + 1),
            format!("家长{n}"),
            "母亲".to_owned(),
            format!("139{n:08}"),
        ];
        for (column, text) in (0u16..).zip(cells) {
            sheet.write(n + 1, column, text).unwrap();
        }
    }
    book.save(file).unwrap();
}

fn pick(n: u32, of: u32) -> usize {
    usize::try_from(n % of).unwrap()
}

/// A citizen number with its check digit (GB 11643).
fn number(body: &str) -> String {
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let digits = body.chars().filter_map(|c| c.to_digit(10));
    let sum: u32 = digits.zip(weights).map(|(digit, weight)| digit * weight).sum();
    let check = "10X98765432".chars().nth(pick(sum, 11)).unwrap();
    format!("{body}{check}")
}
