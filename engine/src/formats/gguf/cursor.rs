//! A bounds-checked reader of a GGUF header, front to back.

use super::error::{GgufError, HeaderPart};
use super::value::{ARRAY_ID, Array, Value};

/// Deepest nesting of arrays that is accepted; real files have depth one.
const MAX_DEPTH: u32 = 4;
/// Longest key name in bytes, according to GGUF's documentation.
const MAX_NAME_BYTES: u64 = 65_535;

/// A position in the file, and the part of the header that is being read.
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The part of the header that the next error names.
    pub(super) place: HeaderPart,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, place: HeaderPart::Start }
    }

    /// Offset of the next byte in the file.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Takes the next `n_bytes` bytes.
    pub(super) fn take(&mut self, n_bytes: u64) -> Result<&'a [u8], GgufError> {
        let rest = &self.bytes[self.at..];
        let taken = usize::try_from(n_bytes).ok().and_then(|n_bytes| rest.get(..n_bytes));
        let taken = taken.ok_or_else(|| GgufError::CutOff {
            place: self.place.clone(),
            offset: self.at,
            needed: n_bytes,
            file_bytes: self.bytes.len(),
        })?;
        self.at += taken.len();
        Ok(taken)
    }

    pub(super) fn u8(&mut self) -> Result<u8, GgufError> {
        Ok(self.take(1)?[0])
    }

    pub(super) fn u32(&mut self) -> Result<u32, GgufError> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, GgufError> {
        self.array().map(u64::from_le_bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], GgufError> {
        let taken = self.take(N as u64)?;
        Ok(taken.try_into().expect("take returns as many bytes as requested"))
    }

    /// Reads a count of items of at least `min_bytes` each; an error if the rest of the file cannot hold them.
    pub(super) fn count(
        &mut self,
        what: &'static str,
        min_bytes: usize,
        max: u64,
    ) -> Result<usize, GgufError> {
        let claimed = self.u64()?;
        let limit = max.min(((self.bytes.len() - self.at) / min_bytes) as u64);
        if claimed > limit {
            return Err(GgufError::TooMany { place: self.place.clone(), what, claimed, limit });
        }
        Ok(claimed as usize)
    }

    /// Reads a name: a short, nonempty string.
    pub(super) fn name(&mut self) -> Result<String, GgufError> {
        let start = self.at;
        let claimed = self.u64()?;
        if claimed == 0 {
            return Err(GgufError::EmptyName { place: self.place.clone() });
        }
        if claimed > MAX_NAME_BYTES {
            let place = self.place.clone();
            return Err(GgufError::TooMany { place, what: "bytes of name", claimed, limit: MAX_NAME_BYTES });
        }
        self.at = start;
        self.string()
    }

    fn string(&mut self) -> Result<String, GgufError> {
        let n_bytes = self.u64()?;
        let start = self.at;
        let text = std::str::from_utf8(self.take(n_bytes)?);
        text.map(str::to_owned).map_err(|error| GgufError::NotUtf8 {
            place: self.place.clone(),
            offset: start + error.valid_up_to(),
        })
    }

    fn bool(&mut self) -> Result<bool, GgufError> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            found => Err(GgufError::NotBool { place: self.place.clone(), found }),
        }
    }

    /// Reads a type number and a value of that type.
    pub(super) fn value(&mut self) -> Result<Value, GgufError> {
        let value = match self.u32()? {
            0 => Value::U8(self.u8()?),
            1 => Value::I8(self.array().map(i8::from_le_bytes)?),
            2 => Value::U16(self.array().map(u16::from_le_bytes)?),
            3 => Value::I16(self.array().map(i16::from_le_bytes)?),
            4 => Value::U32(self.u32()?),
            5 => Value::I32(self.array().map(i32::from_le_bytes)?),
            6 => Value::F32(self.array().map(f32::from_le_bytes)?),
            7 => Value::Bool(self.bool()?),
            8 => Value::String(self.string()?),
            ARRAY_ID => Value::Array(self.array_value(1)?),
            10 => Value::U64(self.u64()?),
            11 => Value::I64(self.array().map(i64::from_le_bytes)?),
            12 => Value::F64(self.array().map(f64::from_le_bytes)?),
            found => return Err(GgufError::ValueType { place: self.place.clone(), found }),
        };
        Ok(value)
    }

    /// Reads element type, count and elements of an array.
    fn array_value(&mut self, depth: u32) -> Result<Array, GgufError> {
        if depth > MAX_DEPTH {
            return Err(GgufError::TooDeep { place: self.place.clone(), limit: MAX_DEPTH });
        }
        let array = match self.u32()? {
            0 => Array::U8(self.numbers(u8::from_le_bytes)?),
            1 => Array::I8(self.numbers(i8::from_le_bytes)?),
            2 => Array::U16(self.numbers(u16::from_le_bytes)?),
            3 => Array::I16(self.numbers(i16::from_le_bytes)?),
            4 => Array::U32(self.numbers(u32::from_le_bytes)?),
            5 => Array::I32(self.numbers(i32::from_le_bytes)?),
            6 => Array::F32(self.numbers(f32::from_le_bytes)?),
            7 => Array::Bool(self.elements(1, Self::bool)?),
            8 => Array::String(self.elements(8, Self::string)?),
            ARRAY_ID => Array::Array(self.elements(12, |cursor| cursor.array_value(depth + 1))?),
            10 => Array::U64(self.numbers(u64::from_le_bytes)?),
            11 => Array::I64(self.numbers(i64::from_le_bytes)?),
            12 => Array::F64(self.numbers(f64::from_le_bytes)?),
            found => return Err(GgufError::ValueType { place: self.place.clone(), found }),
        };
        Ok(array)
    }

    fn numbers<T, const N: usize>(&mut self, convert: fn([u8; N]) -> T) -> Result<Vec<T>, GgufError> {
        let count = self.count("array elements", N, u64::MAX)?;
        let (chunks, _) = self.take((count * N) as u64)?.as_chunks();
        Ok(chunks.iter().map(|&chunk| convert(chunk)).collect())
    }

    /// Reads elements of at least `min_bytes` each, which bounds the allocation before they are read.
    fn elements<T>(
        &mut self,
        min_bytes: usize,
        read: impl Fn(&mut Self) -> Result<T, GgufError>,
    ) -> Result<Vec<T>, GgufError> {
        let count = self.count("array elements", min_bytes, u64::MAX)?;
        (0..count).map(|_| read(self)).collect()
    }
}
