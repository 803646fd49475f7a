//! Classes and groups (班级、小组): from one day to another, with a teacher, and room for children by mode.

pub mod forms;
pub mod queries;
pub mod routes;
pub mod service;
pub mod views;
