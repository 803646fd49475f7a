//! The demonstration opened long ago: everything that was missed was missed.

use chrono::Months;
use entities::configuration::parameter;
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{NotSet, Set},
};
use serde_json::json;

use super::opening::OpeningDay;
use crate::platform::{
    Result, Tx,
    demo::{Demo, Extent, Setting},
    rule::Rule as _,
};

/// Its opening day.
pub(super) const OPENING_DAY: Demo = Demo {
    extent: Extent::City,
    fill: |tx, _, setting| Box::pin(opening_day(tx, setting)),
};

async fn opening_day(tx: &Tx, setting: Setting<'_>) -> Result<()> {
    let opens_on = setting.today.checked_sub_months(Months::new(120));
    let row = parameter::ActiveModel {
        id: NotSet,
        code: Set(OpeningDay::CODE.to_owned()),
        division: Set(setting.division.to_owned()),
        valid_from: Set(opens_on.unwrap_or(setting.today)),
        valid_to: Set(None),
        value: Set(json!(OpeningDay { opens_on })),
        source: Set("演示数据".to_owned()),
        version: Set(1),
    };
    row.insert(&**tx).await?;
    Ok(())
}
