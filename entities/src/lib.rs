//! Tables, typed ids and the numbers of the trade. No input or output.

pub mod age;
pub mod citizen_id;
pub mod credit_code;
pub mod disability_card;
pub mod division_code;
pub mod half_width;
pub mod mask;
pub mod phone;
pub mod sex;
