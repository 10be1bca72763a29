using System.Text;
using Prebake.Http;
using Prebake.Http1;

namespace Prebake.Tests.Parser;

/// <summary>Runs the parser over text, whole or in pieces, with rubbish behind the end that must not matter.</summary>
internal static class HeadText
{
    public static (ParseStatus Status, Http1RequestHead Head, int Consumed) Parse(byte[] bytes, byte guard = (byte)'\n', Http1Limits? limits = null)
    {
        // Room in front, so that offsets are tested too; rubbish behind, so that reading past the end changes the verdict
        var buffer = new byte[bytes.Length + 24];
        Array.Fill(buffer, guard);
        bytes.CopyTo(buffer, 7);

        var head = new Http1RequestHead();
        ParseStatus status = RequestParser.Parse(head, buffer, 7, bytes.Length, limits ?? Http1Limits.Default, out int consumed);
        return (status, head, consumed);
    }

    public static (ParseStatus Status, Http1RequestHead Head, int Consumed) Parse(string text, Http1Limits? limits = null) => Parse(Encoding.Latin1.GetBytes(text), limits: limits);

    /// <summary>As it comes from a socket: the first verdict other than "need more" counts.</summary>
    public static ParseStatus ParseGrowing(byte[] bytes, IEnumerable<int> lengths)
    {
        foreach (int length in lengths)
        {
            ParseStatus status = Parse(bytes[..length]).Status;
            if (status is not ParseStatus.NeedMore) return status;
        }

        return ParseStatus.NeedMore;
    }

    public static string Text(RequestHead head, ByteRange range) => Encoding.Latin1.GetString(head[range]);
}
