//! A metadata value, of any of GGUF's thirteen types.

/// The value of one metadata key.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the names are the types'")]
pub enum Value {
    U8(u8),
    I8(i8),
    U16(u16),
    I16(i16),
    U32(u32),
    I32(i32),
    F32(f32),
    Bool(bool),
    String(String),
    Array(Array),
    U64(u64),
    I64(i64),
    F64(f64),
}

/// An array of values of one type; an empty one still has its type.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the names are the types'")]
pub enum Array {
    U8(Vec<u8>),
    I8(Vec<i8>),
    U16(Vec<u16>),
    I16(Vec<i16>),
    U32(Vec<u32>),
    I32(Vec<i32>),
    F32(Vec<f32>),
    Bool(Vec<bool>),
    String(Vec<String>),
    Array(Vec<Array>),
    U64(Vec<u64>),
    I64(Vec<i64>),
    F64(Vec<f64>),
}

/// Type number of arrays in the file.
pub(super) const ARRAY_ID: u32 = 9;

impl Value {
    /// The type's name, as GGUF's documentation spells it.
    pub fn type_name(&self) -> &'static str {
        type_name(self.type_id())
    }

    /// Describes the value for error messages: type and value of a number, type and length of the rest.
    pub fn describe(&self) -> String {
        match self {
            Self::U8(value) => format!("uint8 {value}"),
            Self::I8(value) => format!("int8 {value}"),
            Self::U16(value) => format!("uint16 {value}"),
            Self::I16(value) => format!("int16 {value}"),
            Self::U32(value) => format!("uint32 {value}"),
            Self::I32(value) => format!("int32 {value}"),
            Self::F32(value) => format!("float32 {value}"),
            Self::Bool(value) => format!("bool {value}"),
            Self::String(value) => format!("string of {} bytes", value.len()),
            Self::Array(value) => format!("array of {} {}", value.len(), type_name(value.type_id())),
            Self::U64(value) => format!("uint64 {value}"),
            Self::I64(value) => format!("int64 {value}"),
            Self::F64(value) => format!("float64 {value}"),
        }
    }

    /// The value of any integer type.
    pub fn as_integer(&self) -> Option<i128> {
        match *self {
            Self::U8(value) => Some(value.into()),
            Self::I8(value) => Some(value.into()),
            Self::U16(value) => Some(value.into()),
            Self::I16(value) => Some(value.into()),
            Self::U32(value) => Some(value.into()),
            Self::I32(value) => Some(value.into()),
            Self::U64(value) => Some(value.into()),
            Self::I64(value) => Some(value.into()),
            _ => None,
        }
    }

    pub(super) fn type_id(&self) -> u32 {
        match self {
            Self::U8(_) => 0,
            Self::I8(_) => 1,
            Self::U16(_) => 2,
            Self::I16(_) => 3,
            Self::U32(_) => 4,
            Self::I32(_) => 5,
            Self::F32(_) => 6,
            Self::Bool(_) => 7,
            Self::String(_) => 8,
            Self::Array(_) => ARRAY_ID,
            Self::U64(_) => 10,
            Self::I64(_) => 11,
            Self::F64(_) => 12,
        }
    }

    /// Appends the value to `out` as the file stores it, without its type.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::U8(value) => out.push(*value),
            Self::I8(value) => out.extend(value.to_le_bytes()),
            Self::U16(value) => out.extend(value.to_le_bytes()),
            Self::I16(value) => out.extend(value.to_le_bytes()),
            Self::U32(value) => out.extend(value.to_le_bytes()),
            Self::I32(value) => out.extend(value.to_le_bytes()),
            Self::F32(value) => out.extend(value.to_le_bytes()),
            Self::Bool(value) => out.push((*value).into()),
            Self::String(value) => encode_string(value, out),
            Self::Array(value) => value.encode(out),
            Self::U64(value) => out.extend(value.to_le_bytes()),
            Self::I64(value) => out.extend(value.to_le_bytes()),
            Self::F64(value) => out.extend(value.to_le_bytes()),
        }
    }
}

impl Array {
    /// Number of elements of the array.
    pub fn len(&self) -> usize {
        match self {
            Self::U8(values) => values.len(),
            Self::I8(values) => values.len(),
            Self::U16(values) => values.len(),
            Self::I16(values) => values.len(),
            Self::U32(values) => values.len(),
            Self::I32(values) => values.len(),
            Self::F32(values) => values.len(),
            Self::Bool(values) => values.len(),
            Self::String(values) => values.len(),
            Self::Array(values) => values.len(),
            Self::U64(values) => values.len(),
            Self::I64(values) => values.len(),
            Self::F64(values) => values.len(),
        }
    }

    /// Whether the array is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All elements as integers, if their type is an integer type.
    pub fn as_integers(&self) -> Option<Vec<i128>> {
        fn widen<T: Copy + Into<i128>>(values: &[T]) -> Vec<i128> {
            values.iter().map(|&value| value.into()).collect()
        }
        match self {
            Self::U8(values) => Some(widen(values)),
            Self::I8(values) => Some(widen(values)),
            Self::U16(values) => Some(widen(values)),
            Self::I16(values) => Some(widen(values)),
            Self::U32(values) => Some(widen(values)),
            Self::I32(values) => Some(widen(values)),
            Self::U64(values) => Some(widen(values)),
            Self::I64(values) => Some(widen(values)),
            _ => None,
        }
    }

    fn type_id(&self) -> u32 {
        match self {
            Self::U8(_) => 0,
            Self::I8(_) => 1,
            Self::U16(_) => 2,
            Self::I16(_) => 3,
            Self::U32(_) => 4,
            Self::I32(_) => 5,
            Self::F32(_) => 6,
            Self::Bool(_) => 7,
            Self::String(_) => 8,
            Self::Array(_) => ARRAY_ID,
            Self::U64(_) => 10,
            Self::I64(_) => 11,
            Self::F64(_) => 12,
        }
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend(self.type_id().to_le_bytes());
        out.extend((self.len() as u64).to_le_bytes());
        match self {
            Self::U8(values) => out.extend(values),
            Self::I8(values) => values.iter().for_each(|value| out.extend(value.to_le_bytes())),
            Self::U16(values) => values.iter().for_each(|value| out.extend(value.to_le_bytes())),
            Self::I16(values) => values.iter().for_each(|value| out.extend(value.to_le_bytes())),
            Self::U32(values) => values.iter().for_each(|value| out.extend(value.to_le_bytes())),
            Self::I32(values) => values.iter().for_each(|value| out.extend(value.to_le_bytes())),
            Self::F32(values) => values.iter().for_each(|value| out.extend(value.to_le_bytes())),
            Self::Bool(values) => out.extend(values.iter().map(|&value| u8::from(value))),
            Self::String(values) => values.iter().for_each(|value| encode_string(value, out)),
            Self::Array(values) => values.iter().for_each(|value| value.encode(out)),
            Self::U64(values) => values.iter().for_each(|value| out.extend(value.to_le_bytes())),
            Self::I64(values) => values.iter().for_each(|value| out.extend(value.to_le_bytes())),
            Self::F64(values) => values.iter().for_each(|value| out.extend(value.to_le_bytes())),
        }
    }
}

/// Appends the length and the bytes of a string.
pub(super) fn encode_string(text: &str, out: &mut Vec<u8>) {
    out.extend((text.len() as u64).to_le_bytes());
    out.extend(text.as_bytes());
}

fn type_name(id: u32) -> &'static str {
    const NAMES: [&str; 13] = [
        "uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "bool", "string", "array",
        "uint64", "int64", "float64",
    ];
    NAMES[id as usize]
}

macro_rules! from_rust {
    ($($rust:ty => $name:ident),*) => {$(
        impl From<$rust> for Value {
            fn from(value: $rust) -> Self {
                Self::$name(value)
            }
        }
        impl From<Vec<$rust>> for Value {
            fn from(values: Vec<$rust>) -> Self {
                Self::Array(Array::$name(values))
            }
        }
    )*};
}

from_rust!(u8 => U8, i8 => I8, u16 => U16, i16 => I16, u32 => U32, i32 => I32, u64 => U64, i64 => I64);
from_rust!(f32 => F32, f64 => F64, bool => Bool, String => String);

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::String(value.to_owned())
    }
}
