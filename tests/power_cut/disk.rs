//! A disk in memory whose power can fail.
//!
//! Every file has content as programs see it and content that would survive; what was done to it since the last sync
//! is a list of changes. When the power fails, of each file's changes all, none, a first part or any subset survive,
//! writes torn at sectors of 512 bytes; a file that was growing may end in garbage. (Any subset of sectors is also any
//! order of writing them: only the last write to a sector can be seen in the end.) Names are changes too: a file made
//! or deleted may be there or not until its folder was synced, which happens when a fresh journal is first synced, and
//! after a deletion only if asked for. So does SQLite's own layer on Unix.

use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Result};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sqlite_vfs::{DatabaseHandle, LockKind, OpenAccess, OpenKind, OpenOptions, Vfs, WalDisabled};

/// What the hardware writes whole or not at all.
const SECTOR: usize = 512;

/// Names and contents, as after an orderly shutdown.
pub type Image = BTreeMap<String, Vec<u8>>;

/// A disk; clones are the same disk.
#[derive(Clone)]
pub struct Disk(Arc<Mutex<State>>);

struct State {
    rng: ChaCha20Rng,
    files: Vec<File>,
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    /// Names given (to a file) and taken away since the folder was last synced.
    renamed: Vec<(String, Option<usize>)>,
    /// Whether a deletion syncs the folder: what SQLite asks for with `synchronous=EXTRA`. The crate that connects us
    /// to SQLite does not pass the request on, so the test says so.
    deletions_are_synced: bool,
    /// Changes until the power fails.
    fuse: u64,
    dark: bool,
    changes: u64,
}

#[derive(Default)]
struct File {
    seen: Vec<u8>,
    durable: Vec<u8>,
    unsynced: Vec<Change>,
}

enum Change {
    Write(usize, Vec<u8>),
    Resize(usize),
}

/// Which of a list of changes survive.
enum Fate {
    None,
    All,
    First(usize),
    Any,
}

impl Disk {
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(State {
            rng: ChaCha20Rng::seed_from_u64(0),
            files: Vec::new(),
            names: BTreeMap::new(),
            durable_names: BTreeMap::new(),
            renamed: Vec::new(),
            deletions_are_synced: false,
            fuse: u64::MAX,
            dark: false,
            changes: 0,
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an image on the disk, everything durable, power on. All chance comes from `seed`.
    pub fn load(&self, image: &Image, seed: u64, deletions_are_synced: bool) {
        let mut state = self.state();
        state.rng = ChaCha20Rng::seed_from_u64(seed);
        state.deletions_are_synced = deletions_are_synced;
        state.files = Vec::new();
        state.durable_names = BTreeMap::new();
        for (name, content) in image {
            let number = state.files.len();
            state.files.push(File { durable: content.clone(), ..File::default() });
            state.durable_names.insert(name.clone(), number);
        }
        state.restart();
    }

    /// What programs see now.
    pub fn image(&self) -> Image {
        let state = self.state();
        state.names.iter().map(|(name, number)| (name.clone(), state.files[*number].seen.clone())).collect()
    }

    /// The power fails at the change after this many.
    pub fn set_fuse(&self, changes: u64) {
        self.state().fuse = changes;
    }

    /// A number below `bound`, from the disk's seed.
    pub fn below(&self, bound: u64) -> u64 {
        self.state().below(bound)
    }

    /// Changes since [`Disk::load`].
    pub fn changes(&self) -> u64 {
        self.state().changes
    }

    /// The power fails, if it has not yet; what was not synced may be lost. Then it comes back.
    pub fn cut(&self) {
        let mut state = self.state();
        state.lose();
        state.restart();
    }
}

impl State {
    fn below(&mut self, bound: u64) -> u64 {
        self.rng.next_u64() % bound.max(1)
    }

    fn coin(&mut self) -> bool {
        self.below(2) == 0
    }

    /// Does something to the disk, unless the power fails at just this moment: then it may have been begun or not, and
    /// whoever asked never learns.
    fn change(&mut self, make: impl FnOnce(&mut Self)) -> Result<()> {
        self.lit()?;
        self.changes += 1;
        if self.fuse == 0 {
            if self.coin() {
                make(self);
            }
            self.dark = true;
            return self.lit();
        }
        self.fuse -= 1;
        make(self);
        Ok(())
    }

    fn lit(&self) -> Result<()> {
        if self.dark { Err(Error::other("the power is cut")) } else { Ok(()) }
    }

    fn file(&mut self, number: usize) -> Result<&mut File> {
        self.files.get_mut(number).ok_or_else(|| Error::other("the file is gone"))
    }

    fn sync_folder(&mut self) {
        self.durable_names = self.names.clone();
        self.renamed.clear();
    }

    fn fate(&mut self, changes: usize) -> Fate {
        match self.below(5) {
            0 => Fate::None,
            1 => Fate::All,
            2 => Fate::First(usize::try_from(self.below(changes as u64 + 1)).unwrap_or(0)),
            _ => Fate::Any,
        }
    }

    fn survives(&mut self, fate: &Fate, index: usize) -> bool {
        match fate {
            Fate::None => false,
            Fate::All => true,
            Fate::First(count) => index < *count,
            Fate::Any => self.coin(),
        }
    }

    fn lose(&mut self) {
        let renamed = std::mem::take(&mut self.renamed);
        let fate = self.fate(renamed.len());
        for (i, (name, number)) in renamed.into_iter().enumerate() {
            if self.survives(&fate, i) {
                match number {
                    Some(number) => self.durable_names.insert(name, number),
                    None => self.durable_names.remove(&name),
                };
            }
        }
        let mut files = std::mem::take(&mut self.files);
        for file in &mut files {
            let fate = self.fate(file.unsynced.len());
            for (i, change) in std::mem::take(&mut file.unsynced).into_iter().enumerate() {
                let whole = self.survives(&fate, i);
                match change {
                    Change::Resize(size) if whole => file.durable.resize(size, 0),
                    Change::Resize(_) => {}
                    Change::Write(at, bytes) => self.write_torn(&mut file.durable, at, &bytes, whole),
                }
            }
        }
        self.files = files;
    }

    /// Writes what survives of one write: all (or, one time in four, only some sectors), or nothing but the new size.
    fn write_torn(&mut self, content: &mut Vec<u8>, at: usize, bytes: &[u8], survives: bool) {
        let end = at + bytes.len();
        let torn = survives && self.below(4) == 0;
        if content.len() < end && (survives || self.coin()) {
            let old = content.len();
            content.resize(end, 0);
            if (torn || !survives) && self.coin() {
                self.rng.fill_bytes(&mut content[old..]);
            }
        }
        if !survives {
            return;
        }
        let mut from = at;
        while from < end {
            let to = (from / SECTOR + 1) * SECTOR;
            let to = to.min(end);
            if !torn || self.coin() {
                content[from..to].copy_from_slice(&bytes[from - at..to - at]);
            }
            from = to;
        }
    }

    fn restart(&mut self) {
        self.names = self.durable_names.clone();
        self.renamed.clear();
        for file in &mut self.files {
            file.seen = file.durable.clone();
            file.unsynced.clear();
        }
        self.fuse = u64::MAX;
        self.dark = false;
        self.changes = 0;
    }
}

/// An open file. It sees the disk it was opened on, whatever happened to its name since.
pub struct Handle {
    disk: Disk,
    number: usize,
    /// The first sync of a journal syncs the folder too.
    syncs_folder: bool,
    lock: LockKind,
}

impl Vfs for Disk {
    type Handle = Handle;

    fn open(&self, name: &str, options: OpenOptions) -> Result<Handle> {
        let mut state = self.state();
        state.lit()?;
        let create = matches!(options.access, OpenAccess::Create | OpenAccess::CreateNew);
        let number = match state.names.get(name) {
            Some(_) if options.access == OpenAccess::CreateNew => return Err(ErrorKind::AlreadyExists.into()),
            Some(number) => *number,
            None if create => {
                let number = state.files.len();
                state.change(|state| {
                    state.files.push(File::default());
                    state.names.insert(name.to_owned(), number);
                    state.renamed.push((name.to_owned(), Some(number)));
                })?;
                number
            }
            None => return Err(ErrorKind::NotFound.into()),
        };
        let journal = matches!(options.kind, OpenKind::MainJournal | OpenKind::SuperJournal | OpenKind::Wal);
        Ok(Handle { disk: self.clone(), number, syncs_folder: create && journal, lock: LockKind::None })
    }

    fn delete(&self, name: &str) -> Result<()> {
        let mut state = self.state();
        state.lit()?;
        if !state.names.contains_key(name) {
            return Err(ErrorKind::NotFound.into());
        }
        state.change(|state| {
            state.names.remove(name);
            state.renamed.push((name.to_owned(), None));
        })?;
        if state.deletions_are_synced {
            state.change(State::sync_folder)?;
        }
        Ok(())
    }

    fn exists(&self, name: &str) -> Result<bool> {
        let state = self.state();
        state.lit()?;
        Ok(state.names.contains_key(name))
    }

    fn temporary_name(&self) -> String {
        format!("temporary-{}", self.below(u64::MAX))
    }

    fn random(&self, buffer: &mut [i8]) {
        let mut state = self.state();
        for byte in buffer {
            *byte = state.rng.next_u32().to_le_bytes()[0].cast_signed();
        }
    }

    fn sleep(&self, duration: Duration) -> Duration {
        duration
    }
}

impl DatabaseHandle for Handle {
    type WalIndex = WalDisabled;

    fn size(&self) -> Result<u64> {
        let mut state = self.disk.state();
        state.lit()?;
        Ok(state.file(self.number)?.seen.len() as u64)
    }

    fn read_exact_at(&mut self, buffer: &mut [u8], offset: u64) -> Result<()> {
        let mut state = self.disk.state();
        state.lit()?;
        let content = &state.file(self.number)?.seen;
        let from = content.len().min(usize::try_from(offset).unwrap_or(usize::MAX));
        let found = (content.len() - from).min(buffer.len());
        buffer[..found].copy_from_slice(&content[from..from + found]);
        // What lies beyond the end reads as zeros; SQLite relies on it.
        buffer[found..].fill(0);
        if found == buffer.len() { Ok(()) } else { Err(ErrorKind::UnexpectedEof.into()) }
    }

    fn write_all_at(&mut self, bytes: &[u8], offset: u64) -> Result<()> {
        let (number, at) = (self.number, usize::try_from(offset).map_err(Error::other)?);
        self.disk.state().change(|state| {
            if let Ok(file) = state.file(number) {
                let end = at + bytes.len();
                if file.seen.len() < end {
                    file.seen.resize(end, 0);
                }
                file.seen[at..end].copy_from_slice(bytes);
                file.unsynced.push(Change::Write(at, bytes.to_owned()));
            }
        })
    }

    fn sync(&mut self, _data_only: bool) -> Result<()> {
        let mut state = self.disk.state();
        let number = self.number;
        state.change(|state| {
            if let Ok(file) = state.file(number) {
                file.durable.clone_from(&file.seen);
                file.unsynced.clear();
            }
        })?;
        if std::mem::take(&mut self.syncs_folder) {
            state.change(State::sync_folder)?;
        }
        Ok(())
    }

    fn set_len(&mut self, size: u64) -> Result<()> {
        let (number, size) = (self.number, usize::try_from(size).map_err(Error::other)?);
        self.disk.state().change(|state| {
            if let Ok(file) = state.file(number) {
                file.seen.resize(size, 0);
                file.unsynced.push(Change::Resize(size));
            }
        })
    }

    fn lock(&mut self, lock: LockKind) -> Result<bool> {
        // One connection at a time: every lock is free.
        self.disk.state().lit()?;
        self.lock = lock;
        Ok(true)
    }

    fn reserved(&mut self) -> Result<bool> {
        Ok(false)
    }

    fn current_lock(&self) -> Result<LockKind> {
        Ok(self.lock)
    }

    fn wal_index(&self, _readonly: bool) -> Result<WalDisabled> {
        Ok(WalDisabled)
    }
}
