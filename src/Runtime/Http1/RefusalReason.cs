namespace Prebake.Http1;

/// <summary>Why a head was refused, in a word for meters: few enough that each may be a time series of its own.</summary>
internal static class RefusalReason
{
    /// <summary>The head did not come to its end in time.</summary>
    public const string HeadTimeout = "head_timeout";

    public static string Of(ParseStatus verdict) => verdict switch
    {
        ParseStatus.BadRequestLine => "bad_request_line",
        ParseStatus.BadMethod => "bad_method",
        ParseStatus.BadTarget => "bad_target",
        ParseStatus.BadPathEscape => "bad_path_escape",
        ParseStatus.PathAboveRoot => "path_above_root",
        ParseStatus.BadFieldName => "bad_field_name",
        ParseStatus.BadFieldValue => "bad_field_value",
        ParseStatus.BadLineEnd => "bad_line_end",
        ParseStatus.FoldedField => "folded_field",
        ParseStatus.MissingHost => "missing_host",
        ParseStatus.RepeatedHost => "repeated_host",
        ParseStatus.BadHost => "bad_host",
        ParseStatus.BadContentLength => "bad_content_length",
        ParseStatus.ConflictingLengths => "conflicting_lengths",
        ParseStatus.BadTransferEncoding => "bad_transfer_encoding",
        ParseStatus.TransferEncodingInHttp10 => "transfer_encoding_in_http10",
        ParseStatus.BadConnection => "bad_connection",
        ParseStatus.TargetTooLong => "target_too_long",
        ParseStatus.UnknownExpectation => "unknown_expectation",
        ParseStatus.OtherScheme => "other_scheme",
        ParseStatus.OtherHost => "other_host",
        ParseStatus.HeadTooLarge => "head_too_large",
        ParseStatus.TooManyFields => "too_many_fields",
        ParseStatus.UnknownTransferCoding => "unknown_transfer_coding",
        ParseStatus.UnsupportedVersion => "unsupported_version",
        _ => "bad_request",
    };
}
