// The tags of the wire format, named as in V8's value-serializer.cc.
#pragma once

namespace torpor::value::tag {

inline constexpr char kVersion = '\xff';
inline constexpr char kPadding = '\0';
inline constexpr char kTheHole = '-';
inline constexpr char kUndefined = '_';
inline constexpr char kNull = '0';
inline constexpr char kTrue = 'T';
inline constexpr char kFalse = 'F';
inline constexpr char kInt32 = 'I';
inline constexpr char kUint32 = 'U';
inline constexpr char kDouble = 'N';
inline constexpr char kBigInt = 'Z';
inline constexpr char kUtf8String = 'S';
inline constexpr char kOneByteString = '"';
inline constexpr char kTwoByteString = 'c';
inline constexpr char kObjectReference = '^';
inline constexpr char kBeginJSObject = 'o';
inline constexpr char kEndJSObject = '{';
inline constexpr char kBeginSparseJSArray = 'a';
inline constexpr char kEndSparseJSArray = '@';
inline constexpr char kBeginDenseJSArray = 'A';
inline constexpr char kEndDenseJSArray = '$';
inline constexpr char kDate = 'D';
inline constexpr char kTrueObject = 'y';
inline constexpr char kFalseObject = 'x';
inline constexpr char kNumberObject = 'n';
inline constexpr char kBigIntObject = 'z';
inline constexpr char kStringObject = 's';
inline constexpr char kRegExp = 'R';
inline constexpr char kBeginJSMap = ';';
inline constexpr char kEndJSMap = ':';
inline constexpr char kBeginJSSet = '\'';
inline constexpr char kEndJSSet = ',';
inline constexpr char kArrayBuffer = 'B';
inline constexpr char kResizableArrayBuffer = '~';
inline constexpr char kArrayBufferView = 'V';
inline constexpr char kError = 'r';

// Within an error.
inline constexpr char kEvalError = 'E';
inline constexpr char kRangeError = 'R';
inline constexpr char kReferenceError = 'F';
inline constexpr char kSyntaxError = 'S';
inline constexpr char kTypeError = 'T';
inline constexpr char kUriError = 'U';
inline constexpr char kErrorMessage = 'm';
inline constexpr char kErrorCause = 'c';
inline constexpr char kErrorStack = 's';
inline constexpr char kErrorEnd = '.';

}  // namespace torpor::value::tag
