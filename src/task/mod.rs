//! What somebody has to do by a day (任务): about which row, whose, by when, how far the silence has climbed, how it ended.
//!
//! - [`rules`]: what each thing to be done means (one table), whose it can be, how what is wanted is compared with what is
//!   open;
//! - [`states`]: open → done (somebody said so) or settled (it happened) or lost, or cancelled (not called for any more);
//! - [`service`]: opens, changes and ends tasks in the transaction that causes it;
//! - [`queries`]: the conditions on tasks that lists, home pages and counts are made of.
//!
//! Nobody opens or ends a task by hand: a feature says what is wanted, as a pure function of its rows, and the comparison
//! with what is open does the rest. So what moves a child on is set and settled by construction. What people say about a
//! task (done, lost) is a fact that the next comparison reads.

pub mod queries;
pub mod rules;
pub mod service;
pub mod states;
