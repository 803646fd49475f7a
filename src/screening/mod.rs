//! The chain 初筛 → 复筛 → 诊断, and the instruments that are scored on the way.

pub mod care;
pub mod instruments;
pub mod pathway;
pub mod referral;
