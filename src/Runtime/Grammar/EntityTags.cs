namespace Prebake.Grammar;

/// <summary>The lists of If-Match and If-None-Match, RFC 9110 sections 8.8.3 and 13.1.</summary>
internal static class EntityTags
{
    /// <summary>
    /// Whether a list names the tag. Strong comparison takes no weak tag on either side, weak comparison looks past <c>W/</c>. A list that does not parse names what stands before the fault.
    /// </summary>
    /// <param name="list">The value of one field line: <c>*</c>, or tags with commas between.</param>
    /// <param name="tag">The current tag with quotes; empty when there is none, which only <c>*</c> matches.</param>
    /// <param name="strong">Strong comparison, as If-Match wants.</param>
    public static bool Matches(ReadOnlySpan<byte> list, ReadOnlySpan<byte> tag, bool strong)
    {
        list = FieldValue.Trim(list);
        if (list is [(byte)'*']) return true;

        bool tagIsWeak = TakeWeak(ref tag);

        while (!list.IsEmpty)
        {
            if (list[0] is (byte)',' or (byte)' ' or (byte)'\t') { list = list[1..]; continue; }

            bool isWeak = TakeWeak(ref list);
            if (list.IsEmpty || list[0] != '"') return false;

            // etagc has no quote and no escape: a comma inside is part of the tag
            int end = list[1..].IndexOf((byte)'"') + 2;
            if (end < 2) return false;

            if (list[..end].SequenceEqual(tag) && !(strong && (isWeak || tagIsWeak))) return true;

            list = list[end..];
            ReadOnlySpan<byte> rest = FieldValue.Trim(list);
            if (!rest.IsEmpty && rest[0] != ',') return false;
        }

        return false;
    }

    private static bool TakeWeak(ref ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith("W/"u8)) return false;
        text = text[2..];
        return true;
    }
}
