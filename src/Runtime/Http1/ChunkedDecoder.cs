using System.Text;
using Prebake.Grammar;

namespace Prebake.Http1;

/// <summary>What became of a piece of a chunked body.</summary>
internal enum ChunkStatus : byte { NeedMore, Complete, Error }

/// <summary>
/// RFC 9112 section 7.1, octet by octet but for the data. Every line ends in CRLF and in nothing else: the leniency for
/// a lone LF does not
/// cover chunk lines (erratum 7633), and servers that thought so were smuggled through (CVE-2025-55315).
/// </summary>
internal sealed class ChunkedDecoder
{
    private const int MaxSizeDigits = 16;
    private const int MaxExtensionBytes = 16 << 10;     // of a whole message; nobody uses them but to keep a server busy
    private const int MaxTrailerBytes = 8 << 10;
    private const int MaxTrailerFields = 100;

    private enum State : byte
    {
        SizeStart, Size, BeforeSemicolon, ExtensionStart, ExtensionName, BeforeEquals, ExtensionValueStart, ExtensionToken,
        ExtensionQuoted, ExtensionEscape, ExtensionEnd, SizeLineFeed, Data, DataReturn, DataLineFeed,
        TrailerStart, TrailerLine, TrailerLineFeed, LastLineFeed, Complete, Error,
    }

    private State _state;
    private long _left;
    private int _digits;
    private int _extensionBytes;
    private byte[] _line = [];
    private int _lineLength;
    private int _trailerBytes;
    private int _trailerFields;
    private Headers? _trailers;
    private bool _dropsTrailers;

    /// <summary>How much of the chunk whose size line has been read is still to come; 0 between chunks.</summary>
    public long Announced => _state is State.Data ? _left : 0;

    /// <summary>How many bytes it keeps for a line of trailers that has not ended yet.</summary>
    public int KeptBytes => _line.Length;

    public void Reset()
    {
        _state = State.SizeStart;
        _left = 0;
        _digits = 0;
        _extensionBytes = 0;
        _lineLength = 0;
        _trailerBytes = 0;
        _trailerFields = 0;
        _trailers = null;
        _dropsTrailers = false;
    }

    /// <summary>Nobody will ask for the trailers: they are still validated, and then forgotten.</summary>
    public void DropTrailers()
    {
        _dropsTrailers = true;
        _trailers = null;
    }

    /// <summary>The fields behind the last chunk, without those that a trailer must not have.</summary>
    public Headers? TakeTrailers()
    {
        Headers? trailers = _trailers;
        _trailers = null;
        return trailers;
    }

    /// <summary>
    /// Goes on until some data has been found or the input is used up. Call again with the rest while it says
    /// <see cref="ChunkStatus.NeedMore"/> and used something.
    /// </summary>
    public ChunkStatus Decode(ReadOnlySpan<byte> input, out int used, out ReadOnlySpan<byte> data)
    {
        data = default;
        used = 0;

        while (used < input.Length)
        {
            if (_state is State.Data)
            {
                int length = (int)Math.Min(_left, input.Length - used);
                data = input.Slice(used, length);
                used += length;
                _left -= length;
                if (_left == 0) _state = State.DataReturn;
                return ChunkStatus.NeedMore;
            }

            _state = Next(input[used++]);
            if (_state is State.Complete or State.Error)
            {
                // The connection may be idle for long from now on, and keeps this decoder
                _line = [];
                return _state is State.Complete ? ChunkStatus.Complete : ChunkStatus.Error;
            }
        }

        return ChunkStatus.NeedMore;
    }

    private State Next(byte c)
    {
        switch (_state)
        {
            case State.SizeStart:
            case State.Size:
                int digit = Digits.Hex(c);
                if (digit >= 0)
                {
                    // 16 digits hold every size that fits; more are zeros in front, or an overflow
                    if (++_digits > MaxSizeDigits || _left > long.MaxValue >> 4) return State.Error;
                    _left = _left << 4 | (long)digit;
                    return State.Size;
                }

                return _state is State.SizeStart ? State.Error : AfterSize(c);

            case State.BeforeSemicolon:
                if (TooManyExtensions()) return State.Error;
                return c is (byte)' ' or (byte)'\t' ? State.BeforeSemicolon : c == ';' ? State.ExtensionStart : State.Error;

            case State.ExtensionStart:
                if (TooManyExtensions()) return State.Error;
                return c is (byte)' ' or (byte)'\t' ? State.ExtensionStart : Token.IsTokenByte(c) ? State.ExtensionName : State.Error;

            case State.ExtensionName:
                if (TooManyExtensions()) return State.Error;
                return Token.IsTokenByte(c) ? State.ExtensionName : c == '=' ? State.ExtensionValueStart : c is (byte)' ' or (byte)'\t' ? State.BeforeEquals : AfterExtension(c);

            case State.BeforeEquals:
                if (TooManyExtensions()) return State.Error;
                return c is (byte)' ' or (byte)'\t' ? State.BeforeEquals : c == '=' ? State.ExtensionValueStart : c == ';' ? State.ExtensionStart : State.Error;

            case State.ExtensionValueStart:
                if (TooManyExtensions()) return State.Error;
                return c is (byte)' ' or (byte)'\t' ? State.ExtensionValueStart : c == '"' ? State.ExtensionQuoted : Token.IsTokenByte(c) ? State.ExtensionToken : State.Error;

            case State.ExtensionToken:
                if (TooManyExtensions()) return State.Error;
                return Token.IsTokenByte(c) ? State.ExtensionToken : AfterExtension(c);

            case State.ExtensionQuoted:
                if (TooManyExtensions()) return State.Error;
                return c == '"' ? State.ExtensionEnd : c == '\\' ? State.ExtensionEscape : FieldValue.IsAllowed(c) ? State.ExtensionQuoted : State.Error;

            case State.ExtensionEscape:
                if (TooManyExtensions()) return State.Error;
                return FieldValue.IsAllowed(c) ? State.ExtensionQuoted : State.Error;

            case State.ExtensionEnd:
                if (TooManyExtensions()) return State.Error;
                return AfterExtension(c);

            case State.SizeLineFeed:
                if (c != '\n') return State.Error;
                _digits = 0;
                return _left > 0 ? State.Data : State.TrailerStart;

            case State.DataReturn: return c == '\r' ? State.DataLineFeed : State.Error;
            case State.DataLineFeed: return c == '\n' ? State.SizeStart : State.Error;

            case State.TrailerStart:
                if (c == '\r') return State.LastLineFeed;
                return AddToLine(c);

            case State.TrailerLine: return c == '\r' ? State.TrailerLineFeed : AddToLine(c);
            case State.TrailerLineFeed: return c == '\n' && TakeTrailer() ? State.TrailerStart : State.Error;
            case State.LastLineFeed: return c == '\n' ? State.Complete : State.Error;
            default: return State.Error;
        }
    }

    private static State AfterSize(byte c) => c switch
    {
        (byte)'\r' => State.SizeLineFeed,
        (byte)';' => State.ExtensionStart,
        (byte)' ' or (byte)'\t' => State.BeforeSemicolon,       // BWS: to be read, never to be sent
        _ => State.Error,
    };

    private static State AfterExtension(byte c) => AfterSize(c);

    private bool TooManyExtensions() => ++_extensionBytes > MaxExtensionBytes;

    private State AddToLine(byte c)
    {
        // At once, so that a line which is ended by a lone LF is refused and not waited for
        if (!FieldValue.IsAllowed(c) || ++_trailerBytes > MaxTrailerBytes) return State.Error;
        if (_lineLength == _line.Length) Array.Resize(ref _line, Math.Max(128, _line.Length * 2));
        _line[_lineLength++] = c;
        return State.TrailerLine;
    }

    // Validated like any field; those that would change what has already been decided are dropped (RFC 9110 section
    // 6.5.1).
    private bool TakeTrailer()
    {
        ReadOnlySpan<byte> line = _line.AsSpan(0, _lineLength);
        _lineLength = 0;

        int colon = line.IndexOf((byte)':');
        if (colon <= 0 || ++_trailerFields > MaxTrailerFields) return false;
        if (!Token.IsValid(line[..colon]) || FieldValue.IndexOfInvalid(line[(colon + 1)..]) >= 0) return false;

        string name = Encoding.ASCII.GetString(line[..colon]);
        if (_dropsTrailers || TrailerField.IsForbidden(name)) return true;

        (_trailers ??= new Headers()).AddReceived(name, Encoding.Latin1.GetString(FieldValue.Trim(line[(colon + 1)..])));
        return true;
    }
}
