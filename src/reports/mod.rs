//! Reports: numbers that open to the children behind them.

pub mod statistics;
