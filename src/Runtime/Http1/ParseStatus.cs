namespace Prebake.Http1;

/// <summary>
/// The parser's verdict. Everything behind <see cref="NeedMore"/> is final: the request is refused and the connection
/// closed.
/// </summary>
internal enum ParseStatus : byte
{
    /// <summary>The head is complete and valid.</summary>
    Complete,
    /// <summary>What is there so far may become a valid head; nothing was consumed.</summary>
    NeedMore,

    // 400
    BadRequestLine, BadMethod, BadTarget, BadPathEscape, PathAboveRoot,
    BadFieldName, BadFieldValue, BadLineEnd, FoldedField,
    MissingHost, RepeatedHost, BadHost,
    BadContentLength, ConflictingLengths, BadTransferEncoding, TransferEncodingInHttp10,
    BadConnection,

    // others
    /// <summary>414</summary>
    TargetTooLong,
    /// <summary>417</summary>
    UnknownExpectation,
    /// <summary>421: an absolute target names https on a plain connection, or http on a secured one.</summary>
    OtherScheme,
    /// <summary>421: the host asks for client certificates, and the connection is not one of its own.</summary>
    OtherHost,
    /// <summary>431</summary>
    HeadTooLarge,
    /// <summary>431</summary>
    TooManyFields,
    /// <summary>501: a transfer coding that we do not have.</summary>
    UnknownTransferCoding,
    /// <summary>505</summary>
    UnsupportedVersion,
}
