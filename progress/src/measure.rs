//! How a target is measured.

/// A measure. What is recorded, and the number that a day or a session makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Measure {
    /// 回合百分比: trials; correct ones in percent of those counted.
    Percent,
    /// 频次: events; how many, with the time observed. None in no time is no number.
    Frequency,
    /// 频率: events and time observed; how many an hour.
    Rate,
    /// 持续时间: from when to when; seconds in all.
    Duration,
    /// 潜伏期: from cue to response; the median in seconds, where no response is longer than any.
    Latency,
    /// 时距: whether it occurred in an interval; in percent of intervals observed.
    Interval,
    /// 任务分析: steps; independent ones in percent of those that applied.
    TaskAnalysis,
    /// 辅助级别: trials; correct ones with at most so much help, in percent of trials.
    PromptLevel,
}

impl Measure {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Percent,
        Self::Frequency,
        Self::Rate,
        Self::Duration,
        Self::Latency,
        Self::Interval,
        Self::TaskAnalysis,
        Self::PromptLevel,
    ];

    /// The word of files: `task_analysis`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Percent => "percent",
            Self::Frequency => "frequency",
            Self::Rate => "rate",
            Self::Duration => "duration",
            Self::Latency => "latency",
            Self::Interval => "interval",
            Self::TaskAnalysis => "task_analysis",
            Self::PromptLevel => "prompt_level",
        }
    }

    /// The measure of that word.
    pub fn find(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.word() == word)
    }

    /// Under which name a record has its data.
    pub fn data(self) -> &'static str {
        match self {
            Self::Percent | Self::PromptLevel => "trials",
            Self::Frequency | Self::Rate => "events",
            Self::Duration | Self::Interval => "episodes_s",
            Self::Latency => "latencies_s",
            Self::TaskAnalysis => "steps",
        }
    }

    /// It is a share of trials, steps or intervals.
    pub fn is_share(self) -> bool {
        match self {
            Self::Percent | Self::Interval | Self::TaskAnalysis | Self::PromptLevel => true,
            Self::Frequency | Self::Rate | Self::Duration | Self::Latency => false,
        }
    }
}
