namespace Prebake.Grammar;

/// <summary>IMF-fixdate, RFC 9110 section 5.6.7: <c>Sun, 06 Nov 1994 08:49:37 GMT</c>.</summary>
internal static class HttpDate
{
    public const int Length = 29;

    private static ReadOnlySpan<byte> Days => "SunMonTueWedThuFriSat"u8;
    private static ReadOnlySpan<byte> Months => "JanFebMarAprMayJunJulAugSepOctNovDec"u8;

    /// <summary>Writes the 29 bytes of a time in UTC.</summary>
    public static void Format(DateTime time, Span<byte> to)
    {
        Days.Slice((int)time.DayOfWeek * 3, 3).CopyTo(to);
        ", "u8.CopyTo(to[3..]);
        Put(to, 5, time.Day);
        to[7] = (byte)' ';
        Months.Slice((time.Month - 1) * 3, 3).CopyTo(to[8..]);
        to[11] = (byte)' ';
        Put(to, 12, time.Year / 100);
        Put(to, 14, time.Year % 100);
        to[16] = (byte)' ';
        Put(to, 17, time.Hour);
        to[19] = (byte)':';
        Put(to, 20, time.Minute);
        to[22] = (byte)':';
        Put(to, 23, time.Second);
        " GMT"u8.CopyTo(to[25..]);
    }

    private static void Put(Span<byte> to, int at, int twoDigits)
    {
        to[at] = (byte)('0' + twoDigits / 10);
        to[at + 1] = (byte)('0' + twoDigits % 10);
    }
}
