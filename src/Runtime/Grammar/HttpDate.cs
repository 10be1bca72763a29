namespace Prebake.Grammar;

/// <summary>Dates as RFC 9110 section 5.6.7 writes them: <c>Sun, 06 Nov 1994 08:49:37 GMT</c>; read in its two older forms too.</summary>
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

    /// <summary>
    /// Reads a date in any of the three forms that RFC 9110 section 5.6.7 asks for: IMF-fixdate, RFC 850 and asctime. False for
    /// anything else; a condition with such a date is then ignored.
    /// </summary>
    /// <param name="text">The trimmed value of the field.</param>
    /// <param name="thisYear">Decides the century of RFC 850's two digits: no more than 50 years ahead.</param>
    /// <param name="time">In UTC, with seconds.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, int thisYear, out DateTime time)
    {
        time = default;

        // Sun, 06 Nov 1994 08:49:37 GMT
        if (text.Length == Length)
            return IsDay(text) && text[3] == ',' && text[4] == ' ' && text[7] == ' ' && text[11] == ' ' && text[16] == ' ' && IsGmt(text[25..])
                && TryBuild(Number(text.Slice(12, 4)), text.Slice(8, 3), Number(text.Slice(5, 2)), text.Slice(17, 8), out time);

        // Sun Nov  6 08:49:37 1994
        if (text.Length == 24)
            return IsDay(text) && text[3] == ' ' && text[7] == ' ' && text[10] == ' ' && text[19] == ' '
                && TryBuild(Number(text[20..]), text.Slice(4, 3), Number(text[8] == ' ' ? text.Slice(9, 1) : text.Slice(8, 2)), text.Slice(11, 8), out time);

        // Sunday, 06-Nov-94 08:49:37 GMT
        int comma = text.IndexOf((byte)',');
        if (comma < 6 || text.Length != comma + 24 || !IsLongDay(text[..comma])) return false;

        text = text[comma..];
        if (text[1] != ' ' || text[4] != '-' || text[8] != '-' || text[11] != ' ' || !IsGmt(text[20..])) return false;

        int year = Number(text.Slice(9, 2));
        if (year < 0) return false;
        year += thisYear - (thisYear % 100);
        if (year > thisYear + 50) year -= 100;
        return TryBuild(year, text.Slice(5, 3), Number(text.Slice(2, 2)), text.Slice(12, 8), out time);
    }

    private static bool TryBuild(int year, ReadOnlySpan<byte> monthName, int day, ReadOnlySpan<byte> clock, out DateTime time)
    {
        time = default;
        int month = Months.IndexOf(monthName);
        if (month < 0 || month % 3 != 0 || year < 1 || day < 1 || clock[2] != ':' || clock[5] != ':') return false;

        month = (month / 3) + 1;
        (int hour, int minute, int second) = (Number(clock[..2]), Number(clock.Slice(3, 2)), Number(clock[6..]));
        // 60: a leap second, which nobody's clock shows
        if (day > DateTime.DaysInMonth(year, month) || hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or > 60) return false;

        time = new DateTime(year, month, day, hour, minute, Math.Min(second, 59), DateTimeKind.Utc);
        return true;
    }

    private static bool IsDay(ReadOnlySpan<byte> text) => Days.IndexOf(text[..3]) is >= 0 and int at && at % 3 == 0;

    private static bool IsLongDay(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("Sunday"u8) || name.SequenceEqual("Monday"u8) || name.SequenceEqual("Tuesday"u8) || name.SequenceEqual("Wednesday"u8)
        || name.SequenceEqual("Thursday"u8) || name.SequenceEqual("Friday"u8) || name.SequenceEqual("Saturday"u8);

    private static bool IsGmt(ReadOnlySpan<byte> text) => text.SequenceEqual(" GMT"u8);

    // −1 unless all are digits
    private static int Number(ReadOnlySpan<byte> digits)
    {
        int number = 0;
        foreach (byte digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9') return -1;
            number = (number * 10) + digit - '0';
        }

        return number;
    }

    private static void Put(Span<byte> to, int at, int twoDigits)
    {
        to[at] = (byte)('0' + twoDigits / 10);
        to[at + 1] = (byte)('0' + twoDigits % 10);
    }
}
