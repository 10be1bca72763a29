namespace Prebake.Grammar;

/// <summary>
/// The dates of Set-Cookie, as browsers read them: whatever is a time, a day, a month and a year (RFC 6265 section
/// 5.1.1).
/// </summary>
internal static class CookieDate
{
    private const string Months = "janfebmaraprmayjunjulaugsepoctnovdec";

    /// <summary>False for what browsers ignore.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset date)
    {
        date = default;
        (int Hour, int Minute, int Second)? time = null;
        int day = -1, month = -1, year = -1;

        while (TakeToken(ref text, out ReadOnlySpan<char> token))
        {
            if (time is null && TryTime(token, out (int, int, int) clock)) time = clock;
            else if (day < 0 && LeadingNumber(token, 1, 2) is >= 0 and int dayOfMonth) day = dayOfMonth;
            else if (month < 0 && Month(token) is > 0 and int name) month = name;
            else if (year < 0 && LeadingNumber(token, 2, 4) is >= 0 and int number) year = number;
        }

        // Two digits, as in RFC 850's form
        if (year is >= 70 and <= 99) year += 1900;
        else if (year is >= 0 and <= 69) year += 2000;

        bool isDate = time is not null
            && month > 0
            && year >= 1601
            && day >= 1
            && day <= DateTime.DaysInMonth(year, month);
        if (!isDate || time is not { Hour: <= 23, Minute: <= 59, Second: <= 59 } at) return false;

        date = new DateTimeOffset(year, month, day, at.Hour, at.Minute, at.Second, TimeSpan.Zero);
        return true;
    }

    private static bool TakeToken(ref ReadOnlySpan<char> text, out ReadOnlySpan<char> token)
    {
        int start = 0;
        while (start < text.Length && IsDelimiter(text[start])) start++;

        int end = start;
        while (end < text.Length && !IsDelimiter(text[end])) end++;

        token = text[start..end];
        text = text[end..];
        return !token.IsEmpty;
    }

    private static bool IsDelimiter(char c) =>
        c is '\t' or (>= ' ' and <= '/') or (>= ';' and <= '@') or (>= '[' and <= '`') or (>= '{' and <= '~');

    // One or two digits for each, and anything but a digit behind the last
    private static bool TryTime(ReadOnlySpan<char> token, out (int Hour, int Minute, int Second) time)
    {
        time = default;
        int first = token.IndexOf(':');
        if (first is < 1 or > 2) return false;

        ReadOnlySpan<char> rest = token[(first + 1)..];
        int second = rest.IndexOf(':');
        if (second is < 1 or > 2) return false;

        ReadOnlySpan<char> last = rest[(second + 1)..];
        time = (LeadingNumber(token[..first], 1, 2), LeadingNumber(rest[..second], 1, 2), LeadingNumber(last, 1, 2));
        return char.IsAsciiDigit(token[first - 1])
            && char.IsAsciiDigit(rest[second - 1])
            && time is { Hour: >= 0, Minute: >= 0, Second: >= 0 };
    }

    // −1 unless that many digits are in front
    private static int LeadingNumber(ReadOnlySpan<char> token, int least, int most)
    {
        int number = 0, length = 0;
        while (length < token.Length && char.IsAsciiDigit(token[length]))
        {
            if (length == most) return -1;
            number = number * 10 + token[length++] - '0';
        }

        return length >= least ? number : -1;
    }

    // 1 to 12, or 0
    private static int Month(ReadOnlySpan<char> token)
    {
        for (int month = 0; token.Length >= 3 && month < 12; month++)
            if (token[..3].Equals(Months.AsSpan(month * 3, 3), StringComparison.OrdinalIgnoreCase)) return month + 1;

        return 0;
    }
}
