using System.Text;
using CsCheck;
using Prebake.Grammar;
using Prebake.Http;
using Prebake.Http1;

namespace Prebake.Tests.Parser;

/// <summary>
/// Random input for whatever a stranger's bytes reach first. Nothing may be thrown, nothing behind the end may matter, and no way of cutting the input may
/// change the verdict. CsCheck prints the seed of a failure.
/// </summary>
public sealed class ParserFuzz
{
    // Pieces that heads are made of, good and bad, so that random sequences get deep into the grammar
    private static readonly string[] s_pieces =
    [
        "GET ", "POST ", "OPTIONS ", "CONNECT ", "/", "/a", "/%41", "/%c3%a9", "/..", "/.", "//", "?x=1", "*", "http://a", "a:80", " HTTP/1.1\r\n", " HTTP/1.0\r\n", " HTTP/2.0\r\n",
        "Host: a\r\n", "Host: a\r\n\r\n", "Host: a:80\r\n", "Content-Length: 5\r\n", "Content-Length: +5\r\n", "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip, chunked\r\n",
        "Connection: close\r\n", "Expect: 100-continue\r\n", "Expect: x\r\n", "X: y\r\n", "X:\r\n", "X : y\r\n", " folded\r\n", "\r\n", "\r", "\n", " ", "\t", ":", "\0", "\x7f", "\x80", "%", "%2", "#", "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    ];

    private static readonly Gen<byte[]> s_head = Gen.OneOf(
        Piece(s_pieces).Array[0, 12].Select(pieces => Encoding.Latin1.GetBytes(string.Concat(pieces))),
        Piece(s_pieces).Array[0, 6].Select(pieces => Encoding.Latin1.GetBytes("GET / HTTP/1.1\r\nHost: a\r\n" + string.Concat(pieces) + "\r\n")),
        Gen.Select(Gen.Int[0, 60], Gen.Byte, (at, octet) => Mutate("POST /a/b?c HTTP/1.1\r\nHost: a.b:80\r\nX-Long: value here\r\n\r\n", at, octet)));

    [Fact]
    public void Any_input_gets_a_verdict_that_cuts_and_what_follows_do_not_change() =>
        Gen.Select(s_head, Gen.Int[0, 80], Gen.Byte).Sample((bytes, cut, guard) =>
        {
            ParseStatus whole = HeadText.Parse(bytes).Status;
            return HeadText.Parse(bytes, guard).Status == whole
                && HeadText.ParseGrowing(bytes, [Math.Min(cut, bytes.Length), bytes.Length]) == whole;
        }, iter: 60_000, print: input => Encoding.Latin1.GetString(input.Item1).Replace("\r", "\\r").Replace("\n", "\\n"));

    [Fact]
    public void A_slow_plain_reading_of_the_RFC_agrees() =>
        s_head.Sample(bytes =>
        {
            (ParseStatus status, Http1RequestHead _, int _) = HeadText.Parse(bytes);
            string text = Encoding.Latin1.GetString(bytes);
            if (status is ParseStatus.NeedMore || text.StartsWith("\r\n\r\n\r\n\r\n\r\n", StringComparison.Ordinal)) return true;
            return status is ParseStatus.Complete == ReferenceHead.IsValid(text);
        }, iter: 40_000, print: bytes => Encoding.Latin1.GetString(bytes).Replace("\r", "\\r").Replace("\n", "\\n"));

    private static readonly string[] s_chunkPieces = ["0", "5", "a", "ff", "\r\n", "\r", "\n", "hello", "5\r\nhello\r\n", "0\r\n\r\n", ";a", ";a=b", ";a=\"b\"", " ", "\"", "\\", "X: y\r\n", ":", "\0", "fffffffffffffffff"];

    [Fact]
    public void Any_chunks_get_the_same_data_and_verdict_however_they_are_cut() =>
        Gen.Select(Piece(s_chunkPieces).Array[0, 12], Gen.Int[0, 60]).Sample((pieces, cut) =>
        {
            byte[] bytes = Encoding.Latin1.GetBytes(string.Concat(pieces));
            var whole = Decode(bytes, [bytes.Length]);
            var cutOnce = Decode(bytes, [Math.Min(cut, bytes.Length), bytes.Length]);
            var bytewise = Decode(bytes, Enumerable.Range(1, bytes.Length));
            return whole == cutOnce && whole == bytewise;
        }, iter: 40_000, print: input => string.Concat(input.Item1).Replace("\r", "\\r").Replace("\n", "\\n"));

    [Fact]
    public void A_canonical_path_is_its_own_canonical_form() =>
        Piece("/", "a", ".", "..", "%2e", "%2F", "%41", "%c3%a9", "%25", "%", "b", "[", "\\", "|", "@", "%40", "%5b", "%5C", "%2b").Array[0, 10].Sample(pieces =>
        {
            byte[] path = Encoding.ASCII.GetBytes("/" + string.Concat(pieces));
            var once = new byte[PathForm.RoomFor(path)];
            if (PathForm.Canonicalize(path, once, out int length) is not PathStatus.Valid) return true;

            var twice = new byte[PathForm.RoomFor(once.AsSpan(0, length))];
            ReadOnlySpan<byte> canonical = once.AsSpan(0, length);
            return PathForm.Canonicalize(canonical, twice, out int again) is PathStatus.Valid
                && canonical.SequenceEqual(twice.AsSpan(0, again))
                && (!PathForm.IsCanonical(path) || canonical.SequenceEqual(path))
                && length < once.Length && !Encoding.ASCII.GetString(canonical).Contains("//", StringComparison.Ordinal);
        }, iter: 30_000);

    [Fact]
    public void Entity_tag_lists_never_throw_and_find_a_tag_that_is_in_them() =>
        Piece("\"a\"", "W/\"a\"", "\"b\"", ",", " ", "*", "\"", "W/", "x").Array[0, 8].Sample(pieces =>
        {
            string list = string.Concat(pieces);
            bool weak = EntityTags.Matches(Encoding.ASCII.GetBytes(list), "\"a\""u8, strong: false);
            bool strong = EntityTags.Matches(Encoding.ASCII.GetBytes(list), "\"a\""u8, strong: true);
            return (!strong || weak) && (!weak || list.Contains("\"a\"", StringComparison.Ordinal) || list.Trim() == "*");
        }, iter: 20_000);

    private static Gen<string> Piece(params string[] pieces) => Gen.Int[0, pieces.Length - 1].Select(i => pieces[i]);

    private static byte[] Mutate(string text, int at, byte octet)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        bytes[at % bytes.Length] = octet;
        return bytes;
    }

    private static (ChunkStatus, string, int) Decode(byte[] bytes, IEnumerable<int> cuts)
    {
        var decoder = new ChunkedDecoder();
        decoder.Reset();
        var data = new StringBuilder();
        int from = 0;

        foreach (int to in cuts)
        {
            while (from < to)
            {
                ChunkStatus status = decoder.Decode(bytes.AsSpan(from, to - from), out int used, out ReadOnlySpan<byte> part);
                data.Append(Encoding.Latin1.GetString(part));
                from += used;
                if (status is not ChunkStatus.NeedMore) return (status, data.ToString(), from);
            }
        }

        return (ChunkStatus.NeedMore, data.ToString(), from);
    }
}
