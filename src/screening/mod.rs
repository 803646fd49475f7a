//! The chain 初筛 → 复筛 → 诊断.
