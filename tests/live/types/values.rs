// What Rust has beyond C. The child changes it member by member; the parent says what must be said
// of each: PATH | TYPE | before | after | bytes.
use std::io::{Read, Write};
use std::ptr::{addr_of, addr_of_mut};

extern "C" {
    fn fork() -> i32;
    fn getpid() -> i32;
    fn pause() -> i32;
    fn pipe(fds: *mut i32) -> i32;
    fn prctl(option: i32, signal: u64) -> i32;
    fn read(fd: i32, bytes: *mut u8, count: usize) -> isize;
    fn write(fd: i32, bytes: *const u8, count: usize) -> isize;
}

const PR_SET_PDEATHSIG: i32 = 1;
const SIGKILL: u64 = 9;

pub struct Inner {
    pub number: i32,
    pub pair: (u8, u64),
}

#[derive(Clone, Copy)]
pub enum Level {
    Low = 1,
    High = 9,
}

pub enum State {
    Idle,
    Running(u32),
    Named { id: u64, ready: bool },
}

pub struct Values {
    pub inner: Inner,
    pub level: Level,
    pub state: State,
    pub same_state: State,
    pub maybe: Option<u32>,
    pub link: Option<&'static i32>,
    pub word: &'static str,
    pub grid: [[i16; 3]; 2],
    pub letter: char,
    pub ratio: f64,
    pub huge: u128,
    pub flag: bool,
    pub handler: fn(i32) -> i32,
}

fn twice(number: i32) -> i32 {
    number * 2
}

fn thrice(number: i32) -> i32 {
    number * 3
}

static mut TARGET: i32 = 5;

pub static mut VALUES: Values = Values {
    inner: Inner { number: 1, pair: (2, 3) },
    level: Level::Low,
    state: State::Idle,
    same_state: State::Named { id: 4, ready: false },
    maybe: None,
    link: None,
    word: "",
    grid: [[0; 3]; 2],
    letter: 'a',
    ratio: 0.5,
    huge: 1,
    flag: false,
    handler: twice,
};

unsafe fn change() {
    let values = &mut *addr_of_mut!(VALUES);
    values.inner.number = 11;
    values.inner.pair.1 = 13;
    values.level = Level::High;
    values.state = State::Running(7);
    values.same_state = State::Named { id: 14, ready: true };
    values.maybe = Some(8);
    values.link = Some(&*addr_of!(TARGET));
    values.grid[1][2] = -3;
    values.letter = 'b';
    values.ratio = 0.25;
    values.huge = u128::MAX;
    values.flag = true;
    values.handler = thrice;
    TARGET = 6;
}

unsafe fn say() {
    println!("variable values::VALUES | values::Values | - | - | 0");
    println!("member values::VALUES.inner.number | i32 | 1 | 11 | 4");
    println!("member values::VALUES.inner.pair.1 | u64 | 3 | 13 | 8");
    println!("member values::VALUES.level | values::Level | Level::Low | Level::High | 1");
    println!("member values::VALUES.state | values::State | Idle | Running(7) | 16");
    println!("member values::VALUES.same_state.id | u64 | 4 | 14 | 8");
    println!("member values::VALUES.same_state.ready | bool | false | true | 1");
    println!("member values::VALUES.maybe | core::option::Option<u32> | None | Some(8) | 8");
    println!(
        "member values::VALUES.link | core::option::Option<&i32> | None | Some({:p}) | 8",
        addr_of!(TARGET)
    );
    println!("member values::VALUES.grid[1][2] | i16 | 0 | -3 | 2");
    println!("member values::VALUES.letter | char | 97 'a' | 98 'b' | 4");
    println!("member values::VALUES.ratio | f64 | 0.5 | 0.25 | 8");
    println!("member values::VALUES.huge | u128 | 1 | {} | 16", u128::MAX);
    println!("member values::VALUES.flag | bool | false | true | 1");
    println!(
        "member values::VALUES.handler | fn(i32) -> i32 | {:p} <values::twice> | {:p} <values::thrice> | 8",
        twice as *const (), thrice as *const ()
    );
    println!("variable values::TARGET | i32 | 5 | 6 | 0");
}

fn main() {
    unsafe {
        let mut gate = [0i32; 2];
        let mut byte = 0u8;
        assert_eq!(pipe(gate.as_mut_ptr()), 0);
        // The page of the variables is there before the fork.
        addr_of_mut!((*addr_of_mut!(VALUES)).flag).write_volatile(false);
        let child = fork();
        assert!(child >= 0);
        if child == 0 {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            change();
            write(gate[1], &byte, 1);
            loop {
                pause();
            }
        }
        read(gate[0], &mut byte, 1);
        println!("{} {}", getpid(), child);
        say();
        println!("ready");
        std::io::stdout().flush().unwrap();
        let mut rest = Vec::new();
        std::io::stdin().read_to_end(&mut rest).unwrap();
    }
}
