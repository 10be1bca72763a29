using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using CsCheck;
using Prebake.Http.Multipart;

namespace Prebake.Tests.Messages;

/// <summary>Multipart bodies (RFC 2046 section 5.1, RFC 7578), cut everywhere.</summary>
public class MultipartTests
{
    private const string Boundary = "b";

    private static string Part(string content, string name = "n", string more = "") =>
        $"--b\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{content}\r\n";

    private static async Task<string> Read(byte[] body, IEnumerable<int> cuts, string boundary = Boundary, int skipFrom = int.MaxValue)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0, minimumSegmentSize: 16, useSynchronizationContext: false));
        var said = new StringBuilder();
        Task write = Task.Run(async () =>
        {
            int from = 0;
            foreach (int cut in cuts.Append(body.Length))
            {
                await pipe.Writer.WriteAsync(body.AsMemory(from, cut - from));
                await Task.Yield();
                from = cut;
            }

            await pipe.Writer.CompleteAsync();
        });

        var reader = new MultipartReader(pipe.Reader, boundary);
        FormPart? part = null;
        int number = 0;
        while ((part = await reader.NextAsync(part?.Content, default)) is not null)
        {
            said.Append(part.Name).Append(part.FileName is { } file ? $"({file})" : "").Append('=');
            if (number++ < skipFrom) said.Append(await part.TextAsync());
            said.Append(';');
        }

        await write;
        return said.ToString();
    }

    private static Task<string> Read(string body) => Read(Encoding.UTF8.GetBytes(body), []);

    public static TheoryData<string, string> Good => new()
    {
        { Part("hello") + "--b--\r\n", "n=hello;" },
        { Part("hello") + "--b--", "n=hello;" },
        { Part("") + "--b--", "n=;" },
        { "--b\r\nContent-Disposition: form-data; name=n\r\n\r\n--b--", "n=;" },
        { Part("1", "a") + Part("2", "b") + Part("3", "a") + "--b--", "a=1;b=2;a=3;" },
        { "preamble\r\nof two lines\r\n" + Part("x") + "--b--\r\nepilogue", "n=x;" },
        { Part("x").Replace("--b\r\n", "--b \t \r\n") + "--b--", "n=x;" },
        { "--b--", "" },
        { "--b\r\n\r\n--b--\r\n", "" },
        { "--b\r\n\r\n\r\n--b--", "" },
        { Part("a\r\n--bc\r\nb") + "--b--", "n=a\r\n--bc\r\nb;" },
        { Part("a\r\n--b x\r\nb") + "--b--", "n=a\r\n--b x\r\nb;" },
        { Part("a\r\n--b-x") + "--b--", "n=a\r\n--b-x;" },
        { Part("--bb") + "--b--", "n=--bb;" },
        { Part("\r\n") + "--b--", "n=\r\n;" },
        { Part("\r\r\n-\r\n--\r\n\n--b") + "--b--", "n=\r\r\n-\r\n--\r\n\n--b;" },
        { Part("x", "n", "; filename=\"a.txt\"") + "--b--", "n(a.txt)=x;" },
        { Part("x", "n", "; filename=\"\"") + "--b--", "n()=x;" },
        // MIME lets a header go on in the next line (RFC 5322 section 2.2.3)
        { Part("x", "n", ";\r\n filename=\"a.txt\"") + "--b--", "n(a.txt)=x;" },
        { Part("x", "n", ";\r\n\tfilename=\"a\r\n b.txt\"") + "--b--", "n(a b.txt)=x;" },
        { "--b\r\nContent-Disposition:\r\n form-data;\r\n  name=n\r\nX-A: 1\r\n 2\r\n\r\nx\r\n--b--", "n=x;" },
        { "--b\r\nContent-Disposition: form-data; name=n\r\n \r\n\r\nx\r\n--b--", "n=x;" },
        { Part("x", "n", ";filename=plain.txt ;x=y") + "--b--", "n(plain.txt)=x;" },
        { Part("x", "n", "; filename=\"C:\\dir\\a.txt\"") + "--b--", "n(C:\\dir\\a.txt)=x;" },
        { Part("x", "n", "; filename=\"a;\\\"b%22%0d%0A%20.txt\"") + "--b--", "n(a;\"b\"\r\n%20.txt)=x;" },
        // WHATWG: the first quote ends the value, and a backslash is a character (oven-sh/bun#41604)
        { Part("x", "dir\\", "; filename=\"a.bin\"") + "--b--", "dir\\(a.bin)=x;" },
        { Part("x", "dir\\", " ; filename=\"a.bin\"") + "--b--", "dir\\(a.bin)=x;" },
        { Part("x", "n", "; filename=\"dir\\\"") + "--b--", "n(dir\\)=x;" },
        { Part("x", "n", "; filename=\"a\\\\b\\\"") + "--b--", "n(a\\\\b\\)=x;" },
        { Part("x", "a%22b", "; filename=\"%22; x=%22\"") + "--b--", "a\"b(\"; x=\")=x;" },
        // .NET's MultipartFormDataContent (dotnet/runtime#22996), and urllib3 before 2 (psf/requests#4652)
        { Part("x", "n", "; filename=\"=?utf-8?B?5pel5pysLnR4dA==?=\"; filename*=utf-8''%E6%97%A5%E6%9C%AC.txt") + "--b--", "n(日本.txt)=x;" },
        { Part("x", "=?utf-8?B?w6k=?=", "; filename=\"=?utf-8?B?5pel5pysLnR4dA==?=\"") + "--b--", "é(日本.txt)=x;" },
        { Part("x", "n", "; filename*=UTF-8''%e6%97%a5.txt") + "--b--", "n(日.txt)=x;" },
        { Part("x", "n", "; filename*=utf-8'en'%E2%82%AC%20rates") + "--b--", "n(€ rates)=x;" },
        { Part("x", "n", "; filename*=iso-8859-1''%A3.txt") + "--b--", "n(£.txt)=x;" },
        { Part("x", "n", "; filename*=\"utf-8''%C3%A9\"") + "--b--", "n(é)=x;" },
        { Part("x", "n", "; FILENAME*=utf-8''b.txt; filename=a.txt") + "--b--", "n(b.txt)=x;" },
        { Part("x", "n", "; filename=a.txt; filename*=utf-8''%ff") + "--b--", "n(a.txt)=x;" },
        { Part("x", "n", "; filename=a.txt; filename*=utf-8''%c3%2") + "--b--", "n(a.txt)=x;" },
        { Part("x", "n", "; filename=a.txt; filename*=koi8-r''%C0") + "--b--", "n(a.txt)=x;" },
        { Part("x", "n", "; filename=a.txt; filename*=b.txt") + "--b--", "n(a.txt)=x;" },
        { "--b\r\nContent-Disposition: form-data; name*=utf-8''%C3%A9\r\n\r\nx\r\n--b--", "é=x;" },
        { Part("x", "n", "; filename=\"=?UTF-8*en?q?=C3=A9_a?= =?us-ascii?Q?b?=\"") + "--b--", "n(é ab)=x;" },
        { Part("x", "n", "; filename=\"=?utf-8?B?!?=\"") + "--b--", "n(=?utf-8?B?!?=)=x;" },
        { Part("x", "n", "; filename=\"=?utf-8?X?w6k=?=\"") + "--b--", "n(=?utf-8?X?w6k=?=)=x;" },
        { Part("x", "n", "; filename=\"=?utf-8?Q?a?= b\"") + "--b--", "n(=?utf-8?Q?a?= b)=x;" },
        { Part("x", "n", "; filename=\"=?\"") + "--b--", "n(=?)=x;" },
        { Part("x", "ümläut", "; filename=\"日本.txt\"") + "--b--", "ümläut(日本.txt)=x;" },
        { "--b\r\ncontent-disposition:FORM-DATA;NAME=n\r\nX: y\r\n\r\nx\r\n--b--", "n=x;" },
    };

    [Theory, MemberData(nameof(Good))]
    public async Task Parts_are_found_however_they_are_cut(string body, string expected)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        Assert.Equal(expected, await Read(bytes, []));
        Assert.Equal(expected, await Read(bytes, Enumerable.Range(1, bytes.Length - 1)));
        for (int cut = 1; cut < bytes.Length; cut++) Assert.Equal(expected, await Read(bytes, [cut]));
    }

    [Theory]
    [InlineData("", "middle of a part")]
    [InlineData("nothing", "middle of a part")]
    [InlineData("--b", "middle of a part")]
    [InlineData("--b\r\n", "head of a part")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=n\r\n", "head of a part")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=n\r\n\r\nx", "middle of a part")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=n\r\n\r\nx\r\n--b", "middle of a part")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=n\r\n\r\nx\r\n--b\r", "middle of a part")]
    [InlineData("--b\nContent-Disposition: form-data; name=n\n\nx\n--b--", "middle of a part")]
    [InlineData("--b\r\n\r\nx\r\n--b--", "Content-Disposition")]
    [InlineData("--b\r\nContent-Disposition: attachment; name=n\r\n\r\nx\r\n--b--", "Content-Disposition")]
    [InlineData("--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", "no name")]
    [InlineData("--b\r\nContent-Disposition : form-data; name=n\r\n\r\nx\r\n--b--", "not a valid header")]
    [InlineData("--b\r\nno colon\r\n\r\nx\r\n--b--", "not a valid header")]
    [InlineData("--b\r\n X: a\r\n\r\nx\r\n--b--", "begins with white space")]
    [InlineData("--b\r\nContent-Disposition\r\n : form-data; name=n\r\n\r\nx\r\n--b--", "not a valid header")]
    [InlineData("--b\r\nX: a\0b\r\n\r\nx\r\n--b--", "not a valid header")]
    public async Task What_is_malformed_is_400(string body, string says)
    {
        HttpException error = await Assert.ThrowsAsync<HttpException>(() => Read(body));
        Assert.Equal(400, error.Status);
        Assert.Contains(says, error.Message);
    }

    [Fact]
    public async Task Heads_and_numbers_of_parts_are_bounded()
    {
        Assert.Equal(400, (await Assert.ThrowsAsync<HttpException>(() => Read("--b\r\nX: " + new string('x', 20_000) + "\r\n\r\nx\r\n--b--"))).Status);
        Assert.Equal(400, (await Assert.ThrowsAsync<HttpException>(() => Read("--b\r\nX: " + new string('x', 20_000)))).Status);
        Assert.Equal(413, (await Assert.ThrowsAsync<HttpException>(() => Read(string.Concat(Enumerable.Repeat(Part("x"), 1001)) + "--b--"))).Status);
    }

    [Fact]
    public async Task The_fields_of_a_part_are_counted()
    {
        string fields(int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"X{i}: a\r\n"));
        Assert.Equal("n=x;", await Read("--b\r\nContent-Disposition: form-data; name=n\r\n" + fields(31) + "\r\nx\r\n--b--"));
        Assert.Equal(400, (await Assert.ThrowsAsync<HttpException>(() => Read("--b\r\nContent-Disposition: form-data;\r\n name=n" + string.Concat(Enumerable.Repeat("\r\n x", 31)) + "\r\n\r\nx\r\n--b--"))).Status);
        HttpException error = await Assert.ThrowsAsync<HttpException>(() => Read("--b\r\nContent-Disposition: form-data; name=n\r\n" + fields(32) + "\r\nx\r\n--b--"));
        Assert.Equal(400, error.Status);
        Assert.Contains("headers", error.Message);
    }

    [Fact]
    public async Task A_head_that_trickles_in_is_looked_at_once()
    {
        // What the parser asks its source for is counted: with a byte a read, all of the head would be asked for each time
        string head = "--b\r\nContent-Disposition: form-data; name=n\r\n" + string.Concat(Enumerable.Range(0, 30).Select(i => $"X{i}: {new string('x', 400)}\r\n")) + "\r\n";
        byte[] body = Encoding.ASCII.GetBytes(head + "x\r\n--b--");
        var trickle = new Trickle(body);
        FormPart part = (await new MultipartReader(trickle, Boundary).NextAsync(null, default))!;

        Assert.Equal("n", part.Name);
        Assert.Equal(31, part.Headers.Count);
        Assert.InRange(trickle.Shown, body.Length / 2, head.Length * 500);
    }

    /// <summary>Gives one more byte with each read, and counts how many it has shown altogether.</summary>
    private sealed class Trickle(byte[] bytes) : PipeReader
    {
        private int _consumed, _arrived;
        private ReadOnlySequence<byte> _shown;

        public long Shown { get; private set; }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            _arrived = Math.Min(_arrived + 1, bytes.Length);
            _shown = new ReadOnlySequence<byte>(bytes, _consumed, _arrived - _consumed);
            Shown += _shown.Length;
            return new(new ReadResult(_shown, isCanceled: false, isCompleted: _arrived == bytes.Length));
        }

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => _consumed += (int)_shown.Slice(0, consumed).Length;

        public override bool TryRead(out ReadResult result) => throw new NotSupportedException();

        public override void CancelPendingRead() { }

        public override void Complete(Exception? exception = null) { }
    }

    [Fact]
    public async Task What_is_not_read_is_skipped()
    {
        string body = Part(new string('x', 5000), "a") + Part("2", "b") + Part("3", "c") + "--b--";
        Assert.Equal("a=;b=;c=;", await Read(Encoding.UTF8.GetBytes(body), [700, 3000], skipFrom: 0));
    }

    [Theory]
    [InlineData("multipart/form-data; boundary=abc", "abc")]
    [InlineData("Multipart/Form-Data;charset=x; Boundary=\"a b'()+_,-./:=?\"", "a b'()+_,-./:=?")]
    [InlineData("multipart/form-data", null)]
    [InlineData("multipart/form-data; boundary=", null)]
    [InlineData("multipart/form-data; boundary=\"a \"", null)]
    [InlineData("multipart/form-data;boundary=*****", "*****")]
    [InlineData("multipart/form-data; boundary=--dio&boundary%1", "--dio&boundary%1")]
    [InlineData("multipart/form-data; boundary=a@b; charset=utf-8", "a@b")]
    [InlineData("multipart/form-data; ; boundary=abc;", "abc")]
    [InlineData("multipart/form-data;; word ;charset=\"a;b\" ; boundary=abc", "abc")]
    [InlineData("multipart/form-data; boundary", null)]
    [InlineData("multipart/form-data; boundary=a\tb", null)]
    [InlineData("multipart/form-data; boundary=a\u007fb", null)]
    [InlineData("multipart/form-data; boundary=01234567890123456789012345678901234567890123456789012345678901234567890", null)]
    public void A_boundary_is_of_characters_that_can_be_seen(string contentType, string? boundary)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(contentType);
        if (boundary is not null) Assert.Equal(boundary, MultipartReader.BoundaryOf(bytes));
        else Assert.Equal(400, Assert.Throws<HttpException>(() => MultipartReader.BoundaryOf(bytes)).Status);
    }

    [Fact]
    public void Another_content_type_is_415() =>
        Assert.Equal(415, Assert.Throws<HttpException>(() => MultipartReader.BoundaryOf("multipart/mixed; boundary=a"u8)).Status);

    [Fact]
    public void Any_content_comes_back_whole_in_any_cuts()
    {
        Gen<string> content = Gen.OneOf<string>("\r", "\n", "\r\n", "-", "--", "b", "\r\n--", "\r\n--b", "x", " ", "0123456789").Array[0, 30].Select(string.Concat);
        Gen.Select(content.Array[0, 5], Gen.Int[1, 60].Array[0, 40]).Sample((contents, steps) =>
        {
            // What would be a delimiter cannot be content
            if (contents.Any(text => ("\r\n" + text + "\r\n").Contains("\r\n--b"))) return;

            string body = string.Concat(contents.Select(text => Part(text))) + "--b--";
            var cuts = new List<int>();
            int at = 0;
            foreach (int step in steps)
                if ((at += step) < body.Length) cuts.Add(at);
            Assert.Equal(string.Concat(contents.Select(text => $"n={text};")), Read(Encoding.ASCII.GetBytes(body), cuts).GetAwaiter().GetResult());
        }, iter: 3_000);
    }

    [Fact]
    public void Whatever_arrives_is_read_or_refused()
    {
        Gen<string> junk = Gen.OneOf<string>("--b\r\n", "--b--", "\r\n", "Content-Disposition: form-data; name=", "\"", "\\", "%22", ";", "filename=", "=", ":", "\r", "\n", "x", "\0", "é", " ").Array[0, 40].Select(string.Concat);
        junk.Sample(body =>
        {
            try { Read(body).GetAwaiter().GetResult(); }
            catch (HttpException e) when (e.Status == 400) { }
        }, iter: 10_000);
    }
}
