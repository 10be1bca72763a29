using System.Buffers;
using Prebake.Http;

namespace Prebake.Serving;

/// <summary>A body that comes compressed: how far it has been decoded, and what it may become at most.</summary>
/// <param name="decoder">Belongs to this from here on.</param>
/// <param name="most">The most decoded bytes.</param>
/// <param name="ratio">How many times as long as what came it may become.</param>
internal sealed class BodyDecoding(BodyDecoder decoder, long most, int ratio) : IDisposable
{
    // A body of zeros has any ratio, and as long as it is short that does no harm
    private const long Harmless = 64 << 10;

    private enum Progress : byte { NotBegun, Inside, AtAnEnd }

    private Progress _progress;
    private long _came, _became;

    /// <summary>Decodes what fits, and moves past what it has used. Null when that went well.</summary>
    /// <param name="input">What came and has not been decoded.</param>
    /// <param name="room">Where decoded bytes go.</param>
    /// <param name="written">How many.</param>
    /// <param name="hasMore">There may be more to come out of what is here.</param>
    public HttpException? Decode(ref ReadOnlySpan<byte> input, Span<byte> room, out int written, out bool hasMore)
    {
        OperationStatus status = decoder.Decode(input, room, out int used, out written);
        input = input[used..];
        _came += used;
        _became += written;
        hasMore = status is OperationStatus.DestinationTooSmall || !input.IsEmpty;
        // A decoder that gets no further would be asked for ever
        if (status is OperationStatus.InvalidData || (hasMore && used == 0 && written == 0)) return NotThisCoding();
        if (_became > most) return TooLong();
        if (_became > Harmless && _became / ratio > _came)
            return new HttpException(413, $"The body is more than {ratio} times as long when it is decompressed.");

        _progress = status is OperationStatus.Done ? Progress.AtAnEnd : Progress.Inside;
        return null;
    }

    /// <summary>The last byte has come. Null when the coding has ended with it.</summary>
    public HttpException? End() => _progress is Progress.Inside ? NotThisCoding() : null;

    public void Dispose() => decoder.Dispose();

    public static HttpException TooLong() => new(413, "The body, decompressed, exceeds the server's limit.");

    private static HttpException NotThisCoding() => new(400, "The body is not what its Content-Encoding says.");
}
