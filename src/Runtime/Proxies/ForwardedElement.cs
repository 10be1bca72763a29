using System.Text;
using Prebake.Grammar;

namespace Prebake.Proxies;

/// <summary>What one proxy has said in <c>Forwarded</c> (RFC 7239 section 4). Null is what it has not said.</summary>
internal readonly record struct ForwardedElement(byte[]? For, byte[]? Proto, byte[]? Host)
{
    /// <summary>
    /// The elements of one line, in order. False: the line is malformed, and nobody can say where what a trusted proxy
    /// has added to it begins.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> line, List<ForwardedElement> elements)
    {
        var reader = new Reader(line);
        while (true)
        {
            if (!reader.TryReadElement(out ForwardedElement element, out bool isEmpty)) return false;
            if (!isEmpty) elements.Add(element);
            if (reader.IsAtEnd) return true;
            if (!reader.TryTake((byte)',')) return false;
        }
    }

    private ref struct Reader(ReadOnlySpan<byte> text)
    {
        private readonly ReadOnlySpan<byte> _text = text;
        private int _at;

        public readonly bool IsAtEnd => _at == _text.Length;

        public bool TryTake(byte expected)
        {
            if (IsAtEnd || _text[_at] != expected) return false;
            _at++;
            return true;
        }

        // [ pair ] *( ";" [ pair ] )
        public bool TryReadElement(out ForwardedElement element, out bool isEmpty)
        {
            byte[]? node = null, proto = null, host = null;
            element = default;
            isEmpty = true;
            do
            {
                SkipSpace();
                if (IsAtEnd || _text[_at] is (byte)',' or (byte)';') continue;
                if (!TryReadPair(out ReadOnlySpan<byte> name, out byte[]? value)) return false;

                isEmpty = false;
                bool isKnown = Set(name, "for"u8, value, ref node, out bool isTwice);
                isKnown = isKnown || Set(name, "proto"u8, value, ref proto, out isTwice);
                if (!isKnown) Set(name, "host"u8, value, ref host, out isTwice);
                if (isTwice) return false;                      // section 4: once in an element
                SkipSpace();
            }
            while (TryTake((byte)';'));

            element = new ForwardedElement(node, proto, host);
            return true;
        }

        private static bool Set(
            ReadOnlySpan<byte> name, ReadOnlySpan<byte> wanted, byte[] value, ref byte[]? target, out bool isTwice)
        {
            isTwice = false;
            if (!Ascii.EqualsIgnoreCase(name, wanted)) return false;

            isTwice = target is not null;
            target = value;
            return true;
        }

        // token "=" ( token / quoted-string ). What has a colon belongs between quotes, which several proxies leave out
        private bool TryReadPair(out ReadOnlySpan<byte> name, out byte[] value)
        {
            value = [];
            if (!TryReadToken(out name) || !TryTake((byte)'=')) return false;
            if (!IsAtEnd && _text[_at] == '"') return TryReadQuoted(out value);

            int start = _at;
            while (!IsAtEnd && IsOfValue(_text.Slice(_at, 1))) _at++;
            value = _text[start.._at].ToArray();
            return value.Length > 0;
        }

        private static bool IsOfValue(ReadOnlySpan<byte> one) =>
            Token.IsValid(one) || one[0] is (byte)':' or (byte)'[' or (byte)']';

        private bool TryReadToken(out ReadOnlySpan<byte> token)
        {
            int start = _at;
            while (!IsAtEnd && Token.IsValid(_text.Slice(_at, 1))) _at++;
            token = _text[start.._at];
            return token.Length > 0;
        }

        private bool TryReadQuoted(out byte[] value)
        {
            var unquoted = new byte[_text.Length - _at];
            int length = 0;
            value = [];
            _at++;
            while (!IsAtEnd)
            {
                byte b = _text[_at++];
                if (b == '"')
                {
                    value = unquoted[..length];
                    return true;
                }

                if (b == '\\')
                {
                    if (IsAtEnd) return false;
                    b = _text[_at++];
                }

                unquoted[length++] = b;
            }

            return false;
        }

        private void SkipSpace()
        {
            while (!IsAtEnd && _text[_at] is (byte)' ' or (byte)'\t') _at++;
        }
    }
}
