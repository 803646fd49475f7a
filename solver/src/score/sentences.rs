//! A sentence for what exactly is wrong.

use super::example::{Example, Which};
use crate::{
    problem::Problem,
    words::{Language, Names, Words},
};

impl Example {
    /// What is wrong, for people. The problem is the one that was scored.
    pub fn sentence(&self, problem: &Problem, names: &dyn Names, language: Language) -> String {
        let words = Words {
            problem,
            names,
            language,
        };
        words.say(|| words.chinese(self), || words.english(self))
    }
}

impl Words<'_> {
    fn which(&self, which: Which) -> String {
        let (task, day, clock) = (self.task(which.task), self.day(which.day), self.clock(which.start));
        self.pick(format!("{task}（{day} {clock}）"), format!("{task} ({day} {clock})"))
    }

    /// When a half-day begins.
    fn block(&self, block: usize) -> String {
        let from = self.problem.grid.blocks.get(block).map(|block| block.0);
        from.map_or_else(String::new, |from| self.clock(from))
    }

    fn chinese(&self, example: &Example) -> String {
        match *example {
            Example::Misplaced { which } => {
                format!("{}不在上课时间之内：要在同一个半天内上完。", self.which(which))
            }
            Example::Surplus { task, surplus } => format!("{}多排了{surplus}节。", self.task(task)),
            Example::TeacherClash { teacher, which, other } => {
                format!(
                    "{}同一时间排了两节课：{}和{}。",
                    self.teacher(teacher),
                    self.which(other),
                    self.which(which)
                )
            }
            Example::ChildClash { child, which, other } => {
                format!(
                    "{}同一时间排了两节课：{}和{}。",
                    self.child(child),
                    self.which(other),
                    self.which(which)
                )
            }
            Example::RoomClash { room, which, other } => {
                format!(
                    "{}同一时间排了两节课：{}和{}。",
                    self.room(room),
                    self.which(other),
                    self.which(which)
                )
            }
            Example::RoomType { which, room } => {
                format!("{}排在{}，教室类型和课程不符。", self.which(which), self.room(room))
            }
            Example::RoomSite { which, room } => {
                format!("{}排在{}，不在儿童所在的校区。", self.which(which), self.room(room))
            }
            Example::RoomSmall {
                which,
                room,
                members,
                capacity,
            } => {
                format!(
                    "{}有{members}个儿童，{}只坐得下{capacity}个。",
                    self.which(which),
                    self.room(room)
                )
            }
            Example::NotAtSite { which, teacher, site } => {
                let site = self.site(site);
                format!("{}不在{site}上班，却排了{}。", self.teacher(teacher), self.which(which))
            }
            Example::Excluded { which, teacher, child } => {
                format!(
                    "{}排给了{}，而{}要回避这位老师。",
                    self.which(which),
                    self.teacher(teacher),
                    self.child(child)
                )
            }
            Example::Level {
                which,
                teacher,
                level: 0,
                ..
            } => {
                format!(
                    "{}没有这门课的资质，却排了{}。",
                    self.teacher(teacher),
                    self.which(which)
                )
            }
            Example::Level {
                which,
                teacher,
                level,
                least,
            } => {
                format!(
                    "{}要{least}级老师来上，{}是{level}级。",
                    self.which(which),
                    self.teacher(teacher)
                )
            }
            Example::TeacherAway { which, teacher } => {
                format!("{}排在{}不上班或请假的时间。", self.which(which), self.teacher(teacher))
            }
            Example::ChildAway { which, child } => {
                format!("{}排在{}来不了的时间。", self.which(which), self.child(child))
            }
            Example::TeacherDay {
                teacher,
                day,
                slots,
                most,
            } => {
                format!(
                    "{}{}排了{slots}个时段的课，一天最多{most}个。",
                    self.teacher(teacher),
                    self.day(day)
                )
            }
            Example::TeacherWeek { teacher, slots, most } => {
                format!("{}一周排了{slots}个时段的课，最多{most}个。", self.teacher(teacher))
            }
            Example::TaskDay {
                task,
                day,
                sessions,
                most,
            } => {
                format!(
                    "{}{}排了{sessions}节，一天最多{most}节。",
                    self.task(task),
                    self.day(day)
                )
            }
            Example::HalfDay {
                task,
                day,
                block,
                sessions,
            } => {
                let (day, block) = (self.day(day), self.block(block));
                format!(
                    "{}在{day}{block}开始的半天里排了{sessions}节，半天最多一节。",
                    self.task(task)
                )
            }
            Example::ChildDay {
                child,
                day,
                slots,
                most,
            } => {
                format!(
                    "{}{}排了{slots}个时段的课，一天最多{most}个。",
                    self.child(child),
                    self.day(day)
                )
            }
            Example::Leads { task, leads, most } => {
                format!("{}由{leads}位老师轮着上，最多{most}位。", self.task(task))
            }
            Example::ChildRun { child, day, run, most } => {
                format!(
                    "{}{}连着上{run}个时段的课，最多连着{most}个。",
                    self.child(child),
                    self.day(day)
                )
            }
            Example::TeacherRun {
                teacher,
                day,
                run,
                most,
            } => {
                format!(
                    "{}{}连着上{run}个时段的课，最多连着{most}个。",
                    self.teacher(teacher),
                    self.day(day)
                )
            }
            Example::Travel {
                teacher,
                which,
                next,
                minutes,
                way,
            } => {
                let (which, next) = (self.which(which), self.which(next));
                let teacher = self.teacher(teacher);
                format!("{teacher}上完{which}再赶去上{next}，中间只有{minutes}分钟，路上要{way}分钟。")
            }
            Example::MemberSite { child, group } => {
                format!("{}不在{}所在的校区。", self.child(child), self.group(group))
            }
            Example::MemberAge { child, group, months } => {
                format!(
                    "{}{months}个月大，不符合{}的年龄要求。",
                    self.child(child),
                    self.group(group)
                )
            }
            Example::MemberLevel { child, group, level } => {
                format!(
                    "{}的能力是{level}级，不符合{}的能力要求。",
                    self.child(child),
                    self.group(group)
                )
            }
            Example::GroupLarge { group, members, most } => {
                format!("{}有{members}个儿童，最多{most}个。", self.group(group))
            }
            Example::GroupSmall { group, members, least } => {
                format!("{}只有{members}个儿童，至少要{least}个。", self.group(group))
            }
            Example::SurplusPlace { child, service, places } => {
                let service = self.service(service);
                format!("{}占了{places}个“{service}”的名额，比该有的多。", self.child(child))
            }
            Example::NoAssistant { which } => format!("{}没有助教。", self.which(which)),
            Example::WrongAssistant { which, teacher } => {
                format!("{}不能当{}的助教。", self.teacher(teacher), self.which(which))
            }
            Example::WrongTrainee { which, teacher, lead } => {
                let (teacher, lead) = (self.teacher(teacher), self.teacher(lead));
                format!("{teacher}不是{lead}带的学员，不能跟岗看{}。", self.which(which))
            }
            Example::Watched { teacher, slots, least } => {
                format!(
                    "{}这一周跟岗看课{slots}个时段，要看满{least}个。",
                    self.teacher(teacher)
                )
            }
            Example::PastChanged { which } => format!("{}已经上过，不能取消，也不能改。", self.which(which)),
            Example::PastAdded { which } => format!("{}补排在已经过去的时间。", self.which(which)),
            Example::MembersChanged { group } => format!("{}的名单和公布的不一样。", self.group(group)),
        }
    }

    fn english(&self, example: &Example) -> String {
        match *example {
            Example::Misplaced { which } => {
                format!("{} does not lie within a half-day of the week.", self.which(which))
            }
            Example::Surplus { task, surplus } => format!("{}: sessions too many: {surplus}.", self.task(task)),
            Example::TeacherClash { teacher, which, other } => {
                format!(
                    "{} is in two sessions at once: {} and {}.",
                    self.teacher(teacher),
                    self.which(other),
                    self.which(which)
                )
            }
            Example::ChildClash { child, which, other } => {
                format!(
                    "{} is in two sessions at once: {} and {}.",
                    self.child(child),
                    self.which(other),
                    self.which(which)
                )
            }
            Example::RoomClash { room, which, other } => {
                format!(
                    "{} holds two sessions at once: {} and {}.",
                    self.room(room),
                    self.which(other),
                    self.which(which)
                )
            }
            Example::RoomType { which, room } => {
                format!(
                    "{} is in {}, a room of another type.",
                    self.which(which),
                    self.room(room)
                )
            }
            Example::RoomSite { which, room } => {
                format!("{} is in {}, at another site.", self.which(which), self.room(room))
            }
            Example::RoomSmall {
                which,
                room,
                members,
                capacity,
            } => {
                format!(
                    "{} has {members} children, {} holds {capacity}.",
                    self.which(which),
                    self.room(room)
                )
            }
            Example::NotAtSite { which, teacher, site } => {
                let site = self.site(site);
                format!(
                    "{} is with {}, who does not work at {site}.",
                    self.which(which),
                    self.teacher(teacher)
                )
            }
            Example::Excluded { which, teacher, child } => {
                format!(
                    "{} is with {}, whom {} must not have.",
                    self.which(which),
                    self.teacher(teacher),
                    self.child(child)
                )
            }
            Example::Level {
                which,
                teacher,
                level: 0,
                ..
            } => {
                format!(
                    "{} is with {}, who is not qualified for it.",
                    self.which(which),
                    self.teacher(teacher)
                )
            }
            Example::Level {
                which,
                teacher,
                level,
                least,
            } => {
                format!(
                    "{} asks for level {least}, {} has level {level}.",
                    self.which(which),
                    self.teacher(teacher)
                )
            }
            Example::TeacherAway { which, teacher } => {
                format!(
                    "{} is when {} does not work or is away.",
                    self.which(which),
                    self.teacher(teacher)
                )
            }
            Example::ChildAway { which, child } => {
                format!("{} is when {} cannot come.", self.which(which), self.child(child))
            }
            Example::TeacherDay {
                teacher,
                day,
                slots,
                most,
            } => {
                format!(
                    "{} has {slots} slots on {}, may have {most}.",
                    self.teacher(teacher),
                    self.day(day)
                )
            }
            Example::TeacherWeek { teacher, slots, most } => {
                format!(
                    "{} has {slots} slots in the week, may have {most}.",
                    self.teacher(teacher)
                )
            }
            Example::TaskDay {
                task,
                day,
                sessions,
                most,
            } => {
                format!(
                    "{} is held {sessions} times on {}, {most} at most.",
                    self.task(task),
                    self.day(day)
                )
            }
            Example::HalfDay {
                task,
                day,
                block,
                sessions,
            } => {
                let (day, block) = (self.day(day), self.block(block));
                format!(
                    "{} is held {sessions} times in the half-day of {day} from {block}.",
                    self.task(task)
                )
            }
            Example::ChildDay {
                child,
                day,
                slots,
                most,
            } => {
                format!(
                    "{} has {slots} slots on {}, may have {most}.",
                    self.child(child),
                    self.day(day)
                )
            }
            Example::Leads { task, leads, most } => {
                format!("{} has {leads} different leads, may have {most}.", self.task(task))
            }
            Example::ChildRun { child, day, run, most } => {
                format!(
                    "{} has {run} slots in a row on {}, may have {most}.",
                    self.child(child),
                    self.day(day)
                )
            }
            Example::TeacherRun {
                teacher,
                day,
                run,
                most,
            } => {
                format!(
                    "{} has {run} slots in a row on {}, may have {most}.",
                    self.teacher(teacher),
                    self.day(day)
                )
            }
            Example::Travel {
                teacher,
                which,
                next,
                minutes,
                way,
            } => {
                let (which, next) = (self.which(which), self.which(next));
                format!(
                    "{} has {minutes} minutes between {which} and {next}, the way takes {way}.",
                    self.teacher(teacher)
                )
            }
            Example::MemberSite { child, group } => {
                format!("{} is not of the site of {}.", self.child(child), self.group(group))
            }
            Example::MemberAge { child, group, months } => {
                format!(
                    "{} is {months} months old, too young or too old for {}.",
                    self.child(child),
                    self.group(group)
                )
            }
            Example::MemberLevel { child, group, level } => {
                format!(
                    "{} is of level {level}, which is not one of {}.",
                    self.child(child),
                    self.group(group)
                )
            }
            Example::GroupLarge { group, members, most } => {
                format!("{} has {members} children, may have {most}.", self.group(group))
            }
            Example::GroupSmall { group, members, least } => {
                format!("{} has {members} children, needs {least}.", self.group(group))
            }
            Example::SurplusPlace { child, service, places } => {
                format!(
                    "{} has {places} places in {}, more than prescribed.",
                    self.child(child),
                    self.service(service)
                )
            }
            Example::NoAssistant { which } => format!("{} has no assistant.", self.which(which)),
            Example::WrongAssistant { which, teacher } => {
                format!("{} cannot assist {}.", self.teacher(teacher), self.which(which))
            }
            Example::WrongTrainee { which, teacher, lead } => {
                let (teacher, lead) = (self.teacher(teacher), self.teacher(lead));
                format!(
                    "{teacher} watches {} but is not a trainee of {lead}.",
                    self.which(which)
                )
            }
            Example::Watched { teacher, slots, least } => {
                format!(
                    "{} watches {slots} slots in the week, must watch {least}.",
                    self.teacher(teacher)
                )
            }
            Example::PastChanged { which } => format!("{} has been held and must stay as it was.", self.which(which)),
            Example::PastAdded { which } => format!("{} is added in the past.", self.which(which)),
            Example::MembersChanged { group } => {
                format!("{} has not the members it was published with.", self.group(group))
            }
        }
    }
}
